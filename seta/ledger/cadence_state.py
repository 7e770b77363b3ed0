"""What the cadence counts from, read from the ledger, and when a job is due next."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import INTERVALS, Priority, Project
from ..store.ledger import entries
from .cadence import CadenceState, IntervalState, NextDue, owed

EVERY_PUSH = NextDue(1, None)


def read_states(
    session: Session, project: str, build_system: str, *, now: datetime
) -> CadenceState:
    """Return when each interval last really ran, and how many pushes have come since."""
    states: dict[str, IntervalState] = {}
    pushes = 0
    for push in entries.counting_pushes(session, project, build_system, now=now):
        for interval in push.ran - states.keys():
            states[interval] = IntervalState(push.ran_at(interval), pushes)
        pushes += 1
        if len(states) == len(INTERVALS):
            break
    never = IntervalState(None, pushes)
    return CadenceState(**{interval: states.get(interval, never) for interval in INTERVALS})


def newest_pushed_at(
    session: Session, project: str, build_system: str, *, now: datetime
) -> datetime | None:
    newest = next(entries.counting_pushes(session, project, build_system, now=now), None)
    return None if newest is None else newest.pushed_at


def next_due(
    session: Session, project: Project, build_system: str, priority: Priority | None, *,
    now: datetime,
) -> NextDue:
    """Return which is due first: the job's own interval, or the backstop.

    A job without a priority runs on every push, and so does every job where there is no ledger.
    """
    if priority is None or priority.is_high_value or not project.is_integration:
        return EVERY_PUSH
    states = read_states(session, project.name, build_system, now=now)
    due = owed(now, project.cadence, states).next_due
    both = due[priority.interval], due["backstop"]
    times = [each.at for each in both if each.at is not None]
    return NextDue(min(each.pushes_left for each in both), min(times, default=None))
