"""Schedule a push: gather, decide, record."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ..domain import LedgerEntry, Priority, Project
from ..errors import Conflict
from ..store.evidence import alive
from ..store.ledger import entries
from ..store.results.last_runs import still_failing
from .cadence import due_on_push
from .cadence_state import newest_pushed_at, read_states
from .failed_schedules import infer_failed
from .payloads import schedule_bytes
from .plan import Plan, full_plan, next_due_after_everything, out_of_order, plan_by_cadence
from .priorities import PriorityLists, priorities_now
from .pushes import LedgerPush, RequestedPush, check_build_system, is_same_revision

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """The gzipped body of a schedule, and whether this call put the push into the ledger."""

    packed: bytes
    is_new: bool = False


def schedule_push(
    session: Session, project: Project, push: RequestedPush, lists: PriorityLists, *,
    now: datetime, never_ran_after: timedelta,
) -> Answer:
    """Return what runs on a push, and record it; the next call returns the same bytes.

    Raises Conflict when the push is known with another revision. If the project is not
    an integration project, or the push has no id or time, everything runs and nothing is recorded.
    """
    check_build_system(project, push.build_system)
    ledger_push = push.as_ledger_push(project)
    if ledger_push is None:
        return _unrecorded_answer(session, project, push, lists, now=now)
    known = _known_answer(session, project, ledger_push)
    if known is not None:
        return known
    entries.lock_ledger(session, project.name, push.build_system)
    known = _known_answer(session, project, ledger_push)  # another call was quicker
    if known is not None:
        return known
    infer_failed(session, project.name, push.build_system, lists, now=now,
                 never_ran_after=never_ran_after)
    plan = _make_plan(session, project, ledger_push, lists, now=now)
    packed = schedule_bytes(plan)
    entries.add_schedule(session, _entry(project, ledger_push, plan, packed, now))
    logger.info("push %s of %s: %s, jobs to run: %d, left out: %d", ledger_push.push_id,
                project.name, plan.kind, len(plan.run), len(plan.skip))
    return Answer(packed, is_new=True)


def preview(
    session: Session, project: Project, push: RequestedPush, lists: PriorityLists, *,
    now: datetime,
) -> Answer:
    """Return what would run on a push and record nothing; a known push gets its stored answer."""
    check_build_system(project, push.build_system)
    ledger_push = push.as_ledger_push(project)
    if ledger_push is None:
        return _unrecorded_answer(session, project, push, lists, now=now)
    return _known_answer(session, project, ledger_push) or Answer(
        schedule_bytes(_make_plan(session, project, ledger_push, lists, now=now)))


def reasons_to_run_everything(project: Project, lists: PriorityLists) -> tuple[str, ...]:
    """Return why nothing may be left out of this project, whatever the cadence."""
    found = lists.refusals
    if project.is_killed and not found:
        found += (f"the kill switch of {project.name} is set",)
    if not found and not lists.names:
        found += (f"snapshot {lists.snapshot} names no job of {project.name}",)
    return found


def _known_answer(session: Session, project: Project, push: LedgerPush) -> Answer | None:
    """Return the stored answer, if any; raises Conflict if it is for another revision."""
    found = entries.stored_answer(session, project.name, push.build_system, push.push_id)
    if found is None:
        return None
    revision, packed = found
    if not is_same_revision(revision, push.revision):
        raise Conflict(f"push {push.push_id} of {project.name} ({push.build_system}) is known "
                       f"with the revision {revision}, not {push.revision}")
    return Answer(packed)


def _make_plan(
    session: Session, project: Project, push: LedgerPush, lists: PriorityLists, *,
    now: datetime,
) -> Plan:
    """Decide what runs on a push that the ledger does not know yet."""
    newest_at = newest_pushed_at(session, project.name, push.build_system, now=now)
    misplaced = out_of_order(push.pushed_at, newest_at, now)
    priority_of = priorities_now(session, project, push.build_system, lists, now=now)
    refusals = misplaced + reasons_to_run_everything(project, lists)
    if refusals:
        names = priority_of.keys() or _alive_names(session, project, push.build_system, now)
        next_due = {} if misplaced else next_due_after_everything(push.pushed_at, project.cadence)
        return full_plan(
            names, priority_of, refusals, snapshot=lists.snapshot, next_due=next_due)
    due = due_on_push(push.pushed_at, project.cadence,
                      read_states(session, project.name, push.build_system, now=now))
    left_out = {name for name, priority in priority_of.items() if priority not in due.priorities}
    failing = still_failing(session, project.name, push.build_system) & left_out
    return plan_by_cadence(priority_of, due, failing, lists)


def _unrecorded_answer(
    session: Session, project: Project, push: RequestedPush, lists: PriorityLists, *,
    now: datetime,
) -> Answer:
    """Return the answer that everything runs, for a push that has no place in the ledger."""
    reason = ("a push without an id or a time does not count, so everything runs"
              if project.is_integration
              else f"{project.name} is not an integration project, so everything runs")
    priority_of = lists.priority_of
    names = priority_of.keys() or _alive_names(session, project, push.build_system, now)
    return Answer(schedule_bytes(full_plan(
        names, priority_of, (reason,), snapshot=lists.snapshot, next_due={})))


def _alive_names(
    session: Session, project: Project, build_system: str, now: datetime
) -> frozenset[str]:
    jobs = alive.alive_jobs(session, project.name, build_system, at=now)
    return frozenset(job.name for job in jobs)


def _entry(
    project: Project, push: LedgerPush, plan: Plan, packed: bytes, now: datetime
) -> LedgerEntry:
    return LedgerEntry(
        project=project.name, build_system=push.build_system, push_id=push.push_id,
        revision=push.revision, pushed_at=push.pushed_at, kind=plan.kind, snapshot=plan.snapshot,
        ran_priority_2=Priority.SECOND in plan.ran, ran_priority_3=Priority.THIRD in plan.ran,
        ran_backstop=plan.is_full, counts=plan.counts, run_names=plan.run,
        skip_names=plan.skip, answer=packed, answered_at=now)
