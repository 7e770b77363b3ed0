"""Gather, decide, apply: make a snapshot of a scope."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from ..analysis import Decision, decide
from ..config import Settings
from ..curation.inference import infer_scope
from ..curation.renames import watch_platforms
from ..domain import JobPriority, Priority, Snapshot
from ..store.curation.projects import projects, scope_named
from ..store.operation.liveness import stop_ended_runs
from ..store.operation.runs import recorded_run
from ..store.results.rollup import refresh_all_job_days, refresh_job_days
from .apply import apply, with_hold_reasons
from .gather import Gathered, gather

Sessions = sessionmaker[Session]


def analyze(
    sessions: Sessions, scope: str, *, now: datetime, settings: Settings,
    as_of: datetime | None = None, dry_run: bool = False, compare: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Snapshot:
    """Decide on a scope, store the snapshot and publish it, unless the guard holds it back.

    First it prepares the data: it infers regressions for projects that ask for it, looks for
    platforms that seem renamed, and refreshes the rollup. `as_of` decides as of a past moment
    from what was known then. A dry run decides the same and stores nothing, not even what it
    inferred; its snapshot has no id. A snapshot that is held back says why, and an alarm is
    raised unless a person had stopped publication. `compare` adds the earlier SETA's pass to the
    comparison.

    Raises UnknownScope, and NothingToAnalyze when no regression of the window has a living
    witness: then it raises an alarm, makes no snapshot, and the published snapshot stays.
    """
    def read_evidence(session: Session) -> Gathered:
        if progress is not None:
            progress("reading the regressions and the job types")
        return gather(session, scope_named(session, scope), now=now, as_of=as_of,
                      settings=settings)

    def decide_on(gathered: Gathered) -> Snapshot:
        decision = decide(
            gathered.problem, work_limit=settings.node_limit,
            time_limit=settings.time_limit.total_seconds(), compare=compare, progress=progress)
        return _to_snapshot(gathered, decision, now=now)

    stop_ended_runs(sessions, now=now)
    if dry_run:
        with sessions() as session:  # never committed
            infer_scope(session, scope, now=now)
            refresh_job_days(session)
            gathered = read_evidence(session)
        snapshot = decide_on(gathered)
        with sessions() as session:
            return with_hold_reasons(session, gathered, snapshot, settings=settings)
    with sessions() as session:
        scope_named(session, scope)
    with recorded_run(sessions, "analysis", now=now, scope=scope,
                      alarm=f"analysis {scope}") as run:
        _prepare(sessions, scope, now)
        with sessions() as session:
            gathered = read_evidence(session)
        snapshot = decide_on(gathered)
        with sessions.begin() as session:
            snapshot = apply(session, gathered, snapshot, settings=settings)
        run.counts = _run_counts(snapshot)
    return snapshot


def _prepare(sessions: Sessions, scope: str, now: datetime) -> None:
    """Infer regressions, refresh the rollup, and look in it for platforms that seem renamed."""
    with sessions.begin() as session:
        infer_scope(session, scope, now=now)
    refresh_all_job_days(sessions)
    with sessions.begin() as session:
        if not scope_named(session, scope).is_archived:
            for project in projects(session, scope):
                watch_platforms(session, project)


def _to_snapshot(gathered: Gathered, decision: Decision, *, now: datetime) -> Snapshot:
    """Return the snapshot, which is not stored yet; its inputs record what it was made from."""
    priorities = tuple(
        JobPriority(each.job_type, each.priority, each.reason, each.cost, each.caught,
                    gathered.promoted.certificate(each.job_type, each.certificate))
        for each in decision.verdicts)
    return Snapshot(
        scope=gathered.window.scope, as_of=gathered.window.as_of,
        inputs=gathered.inputs | _summary(priorities) | _stars(decision) | {
            "choice": asdict(decision.choice) | {"uncovered": list(decision.choice.uncovered)}},
        unit=decision.unit, objective=decision.objective, lower_bound=decision.lower_bound,
        gap=decision.gap, status=decision.status, regressions=decision.regressions,
        uncoverable=decision.uncoverable, given_up=decision.given_up,
        comparison=decision.comparison, priorities=priorities, created_at=now)


def _stars(decision: Decision) -> dict[str, dict[str, int]]:
    """Say how far the witnesses are believed, where it is known how they did until the fix."""
    return {} if decision.stars is None else {"stars": asdict(decision.stars)}


def _summary(priorities: tuple[JobPriority, ...]) -> dict[str, dict[str, int]]:
    """Count job types by priority and by reason, and what each priority costs."""
    counts = Counter(each.priority for each in priorities)
    costs: Counter[Priority] = Counter()
    for each in priorities:
        costs[each.priority] += each.cost
    return {
        "priorities": {str(int(priority)): counts[priority] for priority in Priority},
        "costs": {str(int(priority)): costs[priority] for priority in Priority},
        "reasons": dict(sorted(Counter(each.reason for each in priorities).items())),
    }


def _run_counts(snapshot: Snapshot) -> dict[str, Any]:
    return {"snapshot": snapshot.id, "regressions": snapshot.regressions,
            "held": snapshot.held_because is not None, **snapshot.inputs["priorities"]}
