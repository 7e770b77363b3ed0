"""What the cadence counts from, read from the ledger, and when a job is due next."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import INTERVALS, Priority, Project
from ..store.ledger import entries
from .cadence import CadenceState, IntervalState, NextDue, owed

EVERY_PUSH = NextDue(1, None)


@dataclass
class Counted:
    """The intervals' states while the ledger is read backwards."""

    pushes: int = 0
    found: dict[str, IntervalState] = field(default_factory=dict)

    def add(self, push) -> bool:
        """Take one more push into account; return whether all intervals are found."""
        for interval in INTERVALS:
            if interval not in self.found and getattr(push, f"ran_{interval}"):
                is_late = interval in push.late_intervals
                ran_at = push.late_at if is_late else push.pushed_at
                self.found[interval] = IntervalState(ran_at, self.pushes)
        self.pushes += 1
        return len(self.found) == len(INTERVALS)

    def states(self) -> CadenceState:
        never = IntervalState(None, self.pushes)
        return CadenceState(**{interval: self.found.get(interval, never) for interval in INTERVALS})


def read_states(session: Session, project: str, build_system: str) -> CadenceState:
    """Return when each interval last really ran, and how many pushes have come since."""
    counted = Counted()
    for push in entries.counting_pushes(session, project, build_system):
        if counted.add(push):
            break
    return counted.states()


def newest_pushed_at(session: Session, project: str, build_system: str) -> datetime | None:
    newest = next(entries.counting_pushes(session, project, build_system), None)
    return newest and newest.pushed_at


def next_due(
    session: Session, project: Project, build_system: str, priority: Priority | None, *,
    now: datetime,
) -> NextDue:
    """Return whatever comes first: the interval's own turn, or the backstop's.

    What has no priority runs on every push, and so does everything where there is no ledger.
    """
    if priority in (None, Priority.FIRST) or not project.is_integration:
        return EVERY_PUSH
    due = owed(now, project.cadence, read_states(session, project.name, build_system)).next_due
    turns = due[priority.interval], due["backstop"]
    times = [turn.at for turn in turns if turn.at is not None]
    return NextDue(min(turn.pushes_left for turn in turns), min(times, default=None))
