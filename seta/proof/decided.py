"""What a decision saves that is not stored as a snapshot."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from ..analysis import Decision
from ..analysis.explain import JobVerdict
from ..domain import JobType, Prices, Priority, Project, Witnesses
from ..publish.gather import Gathered
from ..store.curation.projects import projects
from ..store.snapshots.costs import CostedWitness
from .savings import Savings, made_savings, practice_of, regressions_per_push


def savings_of_decision(
    session: Session, project: Project, gathered: Gathered, decision: Decision,
    prices: Prices | None,
) -> Savings:
    """Return what a decision on gathered evidence saves on a project, as for a snapshot."""
    verdicts = {each.job_type: each for each in decision.verdicts}
    costs: dict[Priority, dict[str, int]] = {priority: {} for priority in Priority}
    for each in gathered.names:
        if each.project == project.name and each.job_type is not None:
            verdict = verdicts[each.job_type]
            on_platform = costs[verdict.priority]
            platform = each.job_type.platform
            on_platform[platform] = on_platform.get(platform, 0) + verdict.cost
    alive = gathered.problem.alive.get(project.name, frozenset())
    known = {job_type: costed_witness(verdict) for job_type, verdict in verdicts.items()
             if job_type in alive and verdict.caught}
    window = gathered.window
    rate = regressions_per_push(
        session, [each.name for each in projects(session, project.scope)], decision.regressions,
        since=window.since, until=window.as_of)
    return made_savings(
        project, decision.unit, costs, practice_of(session, project, until=window.as_of),
        _witnesses(gathered.witnesses, known), rate, prices)


def costed_witness(verdict: JobVerdict) -> CostedWitness:
    needed_for = verdict.certificate.get("needed_for")
    return CostedWitness(
        verdict.job_type.platform, verdict.cost, verdict.priority, verdict.reason, verdict.caught,
        None if needed_for is None else tuple(needed_for))


def _witnesses(
    found: Iterable[Witnesses], known: dict[JobType, CostedWitness]
) -> dict[str, tuple[CostedWitness, ...]]:
    living = {each.fixed_by: tuple(known[job_type] for job_type in each.caught_by
                                   if job_type in known) for each in found}
    return {fixed_by: witnesses for fixed_by, witnesses in living.items() if witnesses}
