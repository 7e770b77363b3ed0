"""What the cadence counts from, read from the ledger."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from seta.analysis import LevelState, States
from seta.store import schedules

LEVELS = ("low", "lowest", "backstop")


@dataclass
class Counted:
    """The levels' states while the ledger is read backwards."""

    pushes: int = 0
    found: dict[str, LevelState] = field(default_factory=dict)

    def add(self, push) -> bool:
        """Take one more push into account; return whether all levels are found."""
        for level in LEVELS:
            if level not in self.found and getattr(push, f"ran_{level}"):
                is_late = level in push.late_levels
                ran_at = push.late_at if is_late else push.pushed_at
                self.found[level] = LevelState(ran_at, self.pushes)
        self.pushes += 1
        return len(self.found) == len(LEVELS)

    def states(self) -> States:
        never = LevelState(None, self.pushes)
        return States(**{level: self.found.get(level, never) for level in LEVELS})


def read_states(session: Session, project: str, build_system: str) -> States:
    """Return when each level last really ran, and how many pushes have come since."""
    counted = Counted()
    for push in schedules.counting_pushes(session, project, build_system):
        if counted.add(push):
            break
    return counted.states()


def newest_pushed_at(session: Session, project: str, build_system: str) -> datetime | None:
    newest = next(schedules.counting_pushes(session, project, build_system), None)
    return newest and newest.pushed_at
