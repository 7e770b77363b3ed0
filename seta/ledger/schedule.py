"""Schedule a push: gather, decide, record."""

import logging
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ..domain import LedgerEntry, Priority, Project
from ..errors import Conflict, SetaError
from ..store.evidence import alive
from ..store.ledger import entries, outcomes
from ..store.results.last_runs import still_failing
from .cadence import due_on_push
from .cadence_state import LedgerState, read_ledger
from .failed_schedules import infer_failed
from .payloads import schedule_bytes
from .plan import Plan, full_plan, next_due_after_everything, out_of_order, plan_by_cadence
from .prepared import PreparedNames
from .priorities import PriorityLists, names_now
from .pushes import LedgerPush, RequestedPush, check_build_system, is_same_revision

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """The gzipped body of a schedule, and whether this call put the push into the ledger."""

    packed: bytes
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A push that the ledger does not know."""

    project: Project
    push: LedgerPush
    lists: PriorityLists
    settle_before: datetime | None  # schedules before then are settled first
    now: datetime


@dataclass(frozen=True, slots=True)
class Jobs:
    """What is known of a project's jobs now; drafts that are decided together share it."""

    names: PreparedNames       # with the priorities that they have now
    refusals: tuple[str, ...]  # why everything runs, whatever the cadence
    alive: Set[str]            # the names to run where the snapshot has none
    failing: Set[str]


def draft_schedule(
    session: Session, project: Project, push: RequestedPush, lists: PriorityLists, *,
    now: datetime, never_ran_after: timedelta,
) -> Draft | Answer:
    """Return a draft of what runs on a push; its answer, where there is nothing to record.

    That is a push that is known, of which the same bytes are returned each time; or, where
    everything runs, one without an id or time, or of a project without a ledger. Reads only.
    Raises Conflict when the push is known with another revision.
    """
    check_build_system(project, push.build_system)
    ledger_push = push.as_ledger_push(project)
    if ledger_push is None:
        return _unrecorded_answer(session, project, push, lists, now=now)
    found = outcomes.find(session, project.name, push.build_system, ledger_push.push_id,
                          settle_after=never_ran_after)
    if found.known is not None:
        return _checked(found.known, project, ledger_push)
    return Draft(project, ledger_push, lists, found.settle_before, now)


def record_schedules(
    session: Session, drafts: Sequence[tuple[Draft, str]]
) -> Sequence[Answer | SetaError]:
    """Record drafts of one ledger, each with who asks, in one transaction; commit soon.

    A push that became known meanwhile gets the answer that it got then, or its Conflict.
    """
    together = _record_together(session, drafts)
    if together is not None:
        return together
    answers: list[Answer | SetaError] = []
    for draft, who in drafts:
        try:
            answers.append(record_schedule(session, draft, who=who))
        except Conflict as conflict:
            answers.append(conflict)
    return answers


def record_schedule(session: Session, draft: Draft, *, who: str) -> Answer:
    """Decide on a draft and record it; raises Conflict as `draft_schedule` does."""
    found = _record_together(session, [(draft, who)])
    if found is not None:
        return found[0]
    known = _known_answer(session, draft.project, draft.push)
    assert known is not None  # rows of the ledger are not deleted
    return known


def _record_together(
    session: Session, drafts: Sequence[tuple[Draft, str]]
) -> Sequence[Answer] | None:
    """Decide on drafts one after the other and add them at once; None where one is known."""
    if len({draft.push.push_id for draft, _ in drafts}) < len(drafts):
        return None
    first = drafts[0][0]
    project, build_system = first.project.name, first.push.build_system
    jobs = _jobs_of(session, [draft for draft, _ in drafts])  # before others wait for the ledger
    ledger = read_ledger(session, project, build_system, now=first.now, lock=True)
    waiting = [draft.settle_before for draft, _ in drafts if draft.settle_before is not None]
    if waiting:
        infer_failed(session, project, build_system, first.lists, now=first.now,
                     before=max(waiting))
        ledger = read_ledger(session, project, build_system, now=first.now)
    decided = []
    for (draft, who), its_jobs in zip(drafts, jobs, strict=True):
        plan = _make_plan(draft, its_jobs, ledger)
        entry = _entry(draft, plan, schedule_bytes(plan))
        ledger = ledger.after(entry)
        decided.append((entry, who, plan))
    if not entries.add_schedules(session, [(entry, who) for entry, who, _ in decided]):
        return None
    for entry, _, plan in decided:
        logger.info("push %s of %s: %s, jobs to run: %d, left out: %d", entry.push_id, project,
                    plan.names.kind, len(plan.names.run), len(plan.names.skip))
    return [Answer(entry.answer, is_new=True) for entry, *_ in decided]


def preview(
    session: Session, project: Project, push: RequestedPush, lists: PriorityLists, *,
    now: datetime,
) -> Answer:
    """Return what would run on a push and record nothing; a known push gets its stored answer."""
    check_build_system(project, push.build_system)
    ledger_push = push.as_ledger_push(project)
    if ledger_push is None:
        return _unrecorded_answer(session, project, push, lists, now=now)
    known = _known_answer(session, project, ledger_push)
    if known is not None:
        return known
    ledger = read_ledger(session, project.name, push.build_system, now=now)
    draft = Draft(project, ledger_push, lists, None, now)
    return Answer(schedule_bytes(_make_plan(draft, _jobs(session, draft), ledger)))


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
    return None if found is None else _checked(found, project, push)


def _checked(known: tuple[str, bytes], project: Project, push: LedgerPush) -> Answer:
    revision, packed = known
    if not is_same_revision(revision, push.revision):
        raise Conflict(f"push {push.push_id} of {project.name} ({push.build_system}) is known "
                       f"with the revision {revision}, not {push.revision}")
    return Answer(packed)


def _jobs_of(session: Session, drafts: Sequence[Draft]) -> list[Jobs]:
    """Return what is known of the jobs for each draft; it is read once where nothing changed."""
    found: list[Jobs] = []
    for number, draft in enumerate(drafts):
        before = drafts[number - 1]
        is_same = number > 0 and (draft.lists, draft.project) == (before.lists, before.project)
        found.append(found[-1] if is_same else _jobs(session, draft))
    return found


def _jobs(session: Session, draft: Draft) -> Jobs:
    project, build_system, lists = draft.project, draft.push.build_system, draft.lists
    names = names_now(session, project, build_system, lists, now=draft.now)
    return Jobs(
        names, reasons_to_run_everything(project, lists),
        frozenset() if names.priority_of else _alive_names(
            session, project, build_system, draft.now),
        still_failing(session, project.name, build_system))


def _make_plan(draft: Draft, jobs: Jobs, ledger: LedgerState) -> Plan:
    """Decide what runs on a push that the ledger does not know yet."""
    push, cadence = draft.push, draft.project.cadence
    misplaced = out_of_order(push.pushed_at, ledger.newest_at, draft.now)
    refusals = misplaced + jobs.refusals
    if refusals:
        next_due = {} if misplaced else next_due_after_everything(push.pushed_at, cadence)
        return full_plan(jobs.names, refusals, snapshot=draft.lists.snapshot, next_due=next_due,
                         alive=jobs.alive)
    due = due_on_push(push.pushed_at, cadence, ledger.states)
    return plan_by_cadence(jobs.names, due, jobs.failing, draft.lists)


def _unrecorded_answer(
    session: Session, project: Project, push: RequestedPush, lists: PriorityLists, *,
    now: datetime,
) -> Answer:
    """Return the answer that everything runs, for a push that has no place in the ledger."""
    reason = ("a push without an id or a time does not count, so everything runs"
              if project.is_integration
              else f"{project.name} is not an integration project, so everything runs")
    names = lists.prepared
    alive = frozenset() if names.priority_of else _alive_names(
        session, project, push.build_system, now)
    return Answer(schedule_bytes(full_plan(
        names, (reason,), snapshot=lists.snapshot, next_due={}, alive=alive)))


def _alive_names(
    session: Session, project: Project, build_system: str, now: datetime
) -> frozenset[str]:
    jobs = alive.alive_jobs(session, project.name, build_system, at=now)
    return frozenset(job.name for job in jobs)


def _entry(draft: Draft, plan: Plan, packed: bytes) -> LedgerEntry:
    push = draft.push
    return LedgerEntry(
        project=draft.project.name, build_system=push.build_system, push_id=push.push_id,
        revision=push.revision, pushed_at=push.pushed_at, kind=plan.names.kind,
        snapshot=plan.snapshot, ran_priority_2=Priority.SECOND in plan.ran,
        ran_priority_3=Priority.THIRD in plan.ran, ran_backstop=plan.is_full,
        counts=plan.counts, answer=packed, answered_at=draft.now,
        ran_turns=tuple(sorted(turn.key for turn in plan.turns)))
