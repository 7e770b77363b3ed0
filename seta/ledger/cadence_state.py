"""What the cadence counts from, read from the ledger, and when a job is due next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import INTERVALS, JobType, LedgerEntry, Priority, Project
from ..store.ledger import entries
from .cadence import owed
from .checks import NextDue
from .states import CadenceState, IntervalState, interval_of
from .turns import spread_of

EVERY_PUSH = NextDue(1, None)


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The end of a ledger: what the next push is compared with."""

    newest_at: datetime | None   # the time of the newest push that counts
    states: CadenceState

    def after(self, entry: LedgerEntry) -> "LedgerState":
        """Return the end of the ledger once an entry has been added to it."""
        if not entry.counts:
            return self
        ran = {interval for interval in INTERVALS if getattr(entry, f"ran_{interval}")}
        return LedgerState(
            entry.pushed_at, self.states.after(entry.pushed_at, ran | {*entry.ran_turns}))


def read_ledger(
    session: Session, project: str, build_system: str, *, now: datetime, lock: bool = False
) -> LedgerState:
    """Return when each interval and turn last really ran, and how many pushes have come since.

    With `lock`, nobody else changes the ledger until the transaction ends.
    """
    states: dict[str, IntervalState] = {}
    turns: dict[str, IntervalState] = {}
    newest_at = None
    pushes = 0
    for push in entries.counting_pushes(session, project, build_system, now=now, lock=lock):
        newest_at = newest_at or push.pushed_at
        for key in push.ran - states.keys() - turns.keys():
            if key in INTERVALS:
                states[key] = IntervalState(push.ran_at(key), pushes)
            elif interval_of(key) not in push.ran | states.keys():
                turns[key] = IntervalState(push.ran_at(key), pushes)
        pushes += 1
        if len(states) == len(INTERVALS):
            break
    never = IntervalState(None, pushes)
    return LedgerState(newest_at, CadenceState(
        **{interval: states.get(interval, never) for interval in INTERVALS}, turns=turns))


def next_due(
    session: Session, project: Project, build_system: str, priority: Priority | None, *,
    now: datetime, job_type: JobType | None = None,
) -> NextDue:
    """Return which is due first: the job's own interval or turn, or the backstop.

    A job without a priority runs on every push, and so does every job where there is no ledger.
    """
    if priority is None or priority.is_high_value or not project.is_integration:
        return EVERY_PUSH
    states = read_ledger(session, project.name, build_system, now=now).states
    due = owed(now, project.cadence, states)
    own = due.next_due[priority.interval]
    if job_type is not None:
        spread = spread_of(job_type)
        own = next((at for turn, at in due.turns_next_due.items()
                    if turn.priority is priority and turn.has(spread)), own)
    both = own, due.next_due["backstop"]
    times = [each.at for each in both if each.at is not None]
    return NextDue(min(each.pushes_left for each in both), min(times, default=None))
