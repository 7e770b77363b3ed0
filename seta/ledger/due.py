"""What is owed now although no push came: for a timer, so that the tail of a burst is tested."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import LedgerEntry, Priority, Project
from ..errors import Conflict
from ..store.ledger import entries, outcomes
from ..store.results.job_runs import still_failing
from .cadence import CadenceDecision, owed
from .cadence_state import read_states
from .plan import failing_reason
from .priorities import PriorityLists, priorities_now
from .pushes import check_build_system
from .schedule import reasons_to_run_everything

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Owed:
    """Jobs to start on the newest push; none when nothing is owed, or no push is known."""

    jobs: tuple[str, ...] = ()
    push_id: str | None = None
    revision: str | None = None
    reasons: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()   # those that are owed as a whole


def owed_now(
    session: Session, project: Project, build_system: str, published: PriorityLists, *,
    now: datetime,
) -> Owed:
    """Return what is owed on the newest push of the ledger; reads only."""
    check_build_system(project, build_system)
    newest = entries.newest(session, project.name, build_system)
    if newest is None or not project.is_integration:
        return Owed()
    priority_of = priorities_now(
        session, project.scope, project.name, build_system, published, now=now)
    priority_of = {name: priority for name, priority in priority_of.items()
                   if name not in newest.ran_names}
    refusals = reasons_to_run_everything(project, published)
    if refusals:
        left_out = frozenset(priority_of) | frozenset(newest.skip_names)
        return _owed(newest, left_out - newest.ran_names, refusals, Priority)
    due = owed(now, project.cadence, read_states(session, project.name, build_system))
    jobs = {name for name, priority in priority_of.items() if priority in due.priorities}
    failing = still_failing(
        session, project.name, build_system, priority_of.keys() - jobs)
    reasons = due.reasons + failing_reason(failing)
    if not newest.is_good:
        jobs |= set(newest.run_names) - newest.ran_names
        reasons += (f"push {newest.push_id} did not run: {newest.failed_why}",)
    return _owed(newest, jobs | failing, reasons, _whole_priorities(due))


def take_owed(
    session: Session, project: Project, build_system: str, published: PriorityLists, *,
    push_id: str, now: datetime,
) -> Owed:
    """Return what is owed and record that it now runs on the newest push, which is named.

    Asked again, nothing is owed. Raises Conflict when another push came in between.
    """
    check_build_system(project, build_system)
    entries.lock_ledger(session, project.name, build_system)
    found = owed_now(session, project, build_system, published, now=now)
    if found.push_id != push_id:
        raise Conflict(f"the newest push of {project.name} ({build_system}) is {found.push_id}, "
                       f"not {push_id}")
    if found.jobs:
        newest = entries.newest(session, project.name, build_system)
        outcomes.mark_late(session, newest, found.jobs, at=now,
                           intervals=_ledger_intervals(found.priorities))
    logger.info("%d jobs that were owed run on push %s of %s", len(found.jobs), push_id,
                project.name)
    return found


def _owed(newest: LedgerEntry, jobs: Iterable[str], reasons, priorities) -> Owed:
    jobs = tuple(sorted(jobs))
    priorities = tuple(sorted(priority.value for priority in priorities)) if jobs else ()
    return Owed(jobs, newest.push_id, newest.revision, tuple(reasons), priorities)


def _whole_priorities(due: CadenceDecision) -> frozenset[Priority]:
    return frozenset(Priority) if due.is_full else due.priorities


def _ledger_intervals(priorities: Collection[int]) -> list[str]:
    whole = [each.interval for each in (Priority.SECOND, Priority.THIRD) if each in priorities]
    return whole + (["backstop"] if set(Priority) <= set(priorities) else [])
