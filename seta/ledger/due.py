"""What is owed now although no push came: a timer asks, so that the tail of a burst is tested."""

import logging
from collections.abc import Collection, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import LedgerEntry, Priority, Project
from ..errors import Conflict
from ..store.ledger import entries, outcomes
from ..store.results.last_runs import still_failing
from .cadence import owed
from .cadence_state import read_ledger
from .plan import failing_reason
from .priorities import PriorityLists, names_now
from .pushes import check_build_system
from .schedule import reasons_to_run_everything
from .turns import Turn

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Owed:
    """Jobs to start on the newest push; none when nothing is owed or no push is known."""

    jobs: tuple[str, ...] = ()
    push_id: str | None = None
    revision: str | None = None
    reasons: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()   # those that are owed as a whole
    turns: tuple[str, ...] = ()        # those that are owed of the others, by their keys


def owed_now(
    session: Session, project: Project, build_system: str, lists: PriorityLists, *,
    now: datetime,
) -> Owed:
    """Return what is owed on the newest push of the ledger; reads only."""
    check_build_system(project, build_system)
    newest = _newest(session, project, build_system)
    if newest is None:
        return Owed()
    return _owed_on(session, project, newest, lists, now=now)


def take_owed(
    session: Session, project: Project, build_system: str, lists: PriorityLists, *,
    push_id: str, now: datetime,
) -> Owed:
    """Return what is owed, and record that it now runs on the newest push.

    The caller names that push: raises Conflict when another one is the newest by now. A second
    call finds nothing owed.
    """
    check_build_system(project, build_system)
    entries.lock_ledger(session, project.name, build_system)
    newest = _newest(session, project, build_system)
    if newest is None or newest.push_id != push_id:
        raise Conflict(f"the newest push of {project.name} ({build_system}) is "
                       f"{newest and newest.push_id}, not {push_id}")
    found = _owed_on(session, project, newest, lists, now=now)
    if found.jobs:
        outcomes.mark_late(session, newest, found.jobs, at=now,
                           intervals=_ledger_intervals(found.priorities), turns=found.turns)
    logger.info("push %s of %s: owed jobs that run now: %d", push_id, project.name,
                len(found.jobs))
    return found


def _newest(session: Session, project: Project, build_system: str) -> LedgerEntry | None:
    """Return the newest push; None where there is none, or where everything always runs."""
    if not project.is_integration:
        return None
    return entries.newest(session, project.name, build_system)


def _owed_on(
    session: Session, project: Project, newest: LedgerEntry, lists: PriorityLists, *,
    now: datetime,
) -> Owed:
    build_system, ran = newest.build_system, newest.ran_names
    names = names_now(session, project, build_system, lists, now=now)
    priority_of = {name: names.priority_of[name] for name in names.priority_of.keys() - ran}
    refusals = reasons_to_run_everything(project, lists)
    if refusals:
        left_out = priority_of.keys() | set(newest.skip_names)
        return _owed(newest, left_out - ran, refusals, frozenset(Priority))
    states = read_ledger(session, project.name, build_system, now=now).states
    due = owed(now, project.cadence, states)
    jobs = {name for name, priority in priority_of.items() if priority in due.priorities}
    jobs |= names.with_turn(due.turns) & priority_of.keys()
    failing = still_failing(session, project.name, build_system) & (priority_of.keys() - jobs)
    reasons = due.reasons + failing_reason(failing)
    if not newest.is_good:
        jobs |= set(newest.run_names) - ran
        reasons += (f"push {newest.push_id} did not run: {newest.failed_why}",)
    return _owed(newest, jobs | failing, reasons, due.priorities, due.turns)


def _owed(
    newest: LedgerEntry, jobs: Set[str], reasons: tuple[str, ...], priorities: Set[Priority],
    turns: Set[Turn] = frozenset(),
) -> Owed:
    if not jobs:
        return Owed((), newest.push_id, newest.revision, reasons)
    return Owed(tuple(sorted(jobs)), newest.push_id, newest.revision, reasons,
                tuple(sorted(priority.value for priority in priorities)),
                tuple(turn.key for turn in sorted(turns)))


def _ledger_intervals(priorities: Collection[int]) -> list[str]:
    """Return the intervals that run when these priorities run as a whole."""
    whole = [each.interval for each in (Priority.SECOND, Priority.THIRD) if each in priorities]
    return whole + (["backstop"] if set(Priority) <= set(priorities) else [])
