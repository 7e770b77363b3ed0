"""When a job of some level is due next."""

from datetime import datetime

from sqlalchemy.orm import Session

from seta.analysis import NextDue, owed
from seta.domain import Priority, Project

from .states import read_states

EVERY_PUSH = NextDue(1, None)


def next_due(
    session: Session, project: Project, build_system: str, priority: Priority | None, *,
    now: datetime,
) -> NextDue:
    """Return whatever comes first: the level's own turn, or the backstop's.

    What has no priority runs on every push, and so does everything where there is no ledger.
    """
    if priority in (None, Priority.HIGH) or not project.is_integration:
        return EVERY_PUSH
    due = owed(now, project.cadence, read_states(session, project.name, build_system)).next_due
    turns = due[priority.name.lower()], due["backstop"]
    times = [turn.at for turn in turns if turn.at is not None]
    return NextDue(min(turn.pushes_left for turn in turns), min(times, default=None))
