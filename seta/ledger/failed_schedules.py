"""Schedules that never ran: the jobs they should have run are owed again."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import LedgerEntry, Priority
from ..store.ledger import entries, outcomes
from .priorities import PriorityLists
from .turns import Turn

logger = logging.getLogger(__name__)


def schedule_failed(
    session: Session, project: str, build_system: str, push_id: str, *, why: str, now: datetime
) -> tuple[LedgerEntry, bool]:
    """Record that a push's schedule never ran; return its entry and whether that is new.

    The jobs it should have run are owed again. If it is reported twice, the first report counts.
    Raises NotFound for a push that the ledger does not know.
    """
    entries.lock_ledger(session, project, build_system)
    entry = entries.entry_of(session, project, build_system, push_id)
    if not entry.is_good:
        return entry, False
    outcomes.mark_failed(session, entry, why=why, at=now)
    logger.info("push %s of %s did not run: %s", push_id, project, why)
    return entries.entry_of(session, project, build_system, push_id), True


def infer_failed(
    session: Session, project: str, build_system: str, lists: PriorityLists, *,
    now: datetime, before: datetime,
) -> int:
    """Find the schedules that never ran by their missing results; return how many intervals.

    Of the pushes before `before` all results are in: an interval or a turn that was to run there is
    owed again if none of its jobs has a result. The caller holds the ledger's lock.
    """
    waiting = outcomes.unconfirmed(session, project, build_system, before=before)
    return sum(_settle(session, entry, lists, now) for entry in waiting)


def _settle(session: Session, entry: LedgerEntry, lists: PriorityLists, now: datetime) -> int:
    seen = outcomes.names_seen_on(session, entry)
    if entry.ran_names:  # else no name was known when it was answered
        seen &= entry.ran_names
    if not seen:
        outcomes.mark_failed(
            session, entry, why="none of its jobs has a result", at=now)
        return (entry.ran_priority_2 + entry.ran_priority_3 + entry.ran_backstop
                + len(entry.ran_turns))
    second = entry.ran_priority_2 and _has_run(seen, entry, lists, Priority.SECOND)
    third = entry.ran_priority_3 and _has_run(seen, entry, lists, Priority.THIRD)
    backstop = entry.ran_backstop and second and third
    turns = [turn for turn in entry.ran_turns if _has_turn_run(seen, entry, lists, turn)]
    outcomes.confirm(session, entry, at=now, priority_2=second, priority_3=third,
                     backstop=backstop, turns=turns)
    return (entry.ran_priority_2 - second + entry.ran_priority_3 - third
            + entry.ran_backstop - backstop + len(entry.ran_turns) - len(turns))


def _has_run(
    seen: frozenset[str], entry: LedgerEntry, lists: PriorityLists, priority: Priority
) -> bool:
    """Return whether a priority ran; it counts as run if no published job has it today."""
    to_run = entry.ran_names.intersection(lists.priorities.get(priority, ()))
    return not to_run or bool(seen & to_run)


def _has_turn_run(
    seen: frozenset[str], entry: LedgerEntry, lists: PriorityLists, key: str
) -> bool:
    """Return whether a turn ran, by the same rule."""
    to_run = entry.ran_names & lists.prepared.with_turn({Turn.named(key)})
    return not to_run or bool(seen & to_run)
