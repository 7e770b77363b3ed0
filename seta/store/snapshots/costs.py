"""What the jobs of a snapshot cost on each project, and who could find its regressions there."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Integer, Select, cast, func, select
from sqlalchemy.orm import Session

from ...domain import Priority
from .. import schema

Listed, Decided, Type, Regression = (
    schema.SnapshotList, schema.SnapshotPriority, schema.JobType, schema.SnapshotRegression)

PlatformCosts = dict[Priority, dict[str, int]]    # by priority and platform


@dataclass(frozen=True, slots=True)
class CostedWitness:
    """A job type that caught regressions of the window, as the snapshot decided on it."""

    platform: str
    cost: int                # of one run
    priority: Priority
    reason: str              # "chosen", "forced: build"
    caught: int              # regressions of the window
    needed_for: tuple[str, ...] | None    # None: not chosen


def costs_of(session: Session, snapshot_id: int) -> dict[str, PlatformCosts]:
    """Return what one run of each job costs, summed by project, priority and platform.

    All build systems of a project are together; jobs without a priority are not in it.
    """
    each = _listed(snapshot_id).add_columns(Listed.priority).subquery("each")
    query = (
        select(each.c.project, each.c.priority, Type.platform,
               cast(func.sum(Decided.cost), BigInteger))
        .join(Decided, (Decided.snapshot_id == snapshot_id)
              & (Decided.job_type_id == each.c.job_type_id))
        .join(Type, Type.id == each.c.job_type_id)
        .group_by(each.c.project, each.c.priority, Type.platform)
        .order_by(each.c.project, Type.platform))
    found: dict[str, PlatformCosts] = {}
    for project, priority, platform, cost in session.execute(query):
        on_project = found.setdefault(project, {each: {} for each in Priority})
        on_project[Priority(priority)][platform] = cost
    return found


def witnesses_by_project(
    session: Session, snapshot_id: int
) -> dict[str, dict[str, tuple[CostedWitness, ...]]]:
    """Return, for each project, each regression's witnesses that have a priority there.

    A regression without any is not in it.
    """
    known = {row.job_type_id: CostedWitness(
        row.platform, row.cost, Priority(row.priority), row.reason, row.caught,
        None if row.needed_for is None else tuple(row.needed_for))
        for row in session.execute(
            select(Decided.job_type_id, Type.platform, Decided.cost, Decided.priority,
                   Decided.reason, Decided.caught,
                   Decided.certificate["needed_for"].label("needed_for"))
            .join(Type, Type.id == Decided.job_type_id)
            .where(Decided.snapshot_id == snapshot_id, Decided.caught > 0))}
    listed: dict[str, set[int]] = {}
    for project, job_type_id in session.execute(_listed(snapshot_id)):
        if job_type_id in known:
            listed.setdefault(project, set()).add(job_type_id)
    found: dict[str, dict[str, tuple[CostedWitness, ...]]] = {project: {} for project in listed}
    for fixed_by, caught_by in session.execute(
            select(Regression.fixed_by, Regression.caught_by)
            .where(Regression.snapshot_id == snapshot_id)):
        for project, there in listed.items():
            witnesses = tuple(known[each] for each in caught_by if each in there)
            if witnesses:
                found[project][fixed_by] = witnesses
    return found


def _listed(snapshot_id: int) -> Select[str, int]:
    return select(
        Listed.project, func.unnest(Listed.job_type_ids, type_=Integer).label("job_type_id"),
    ).where(Listed.snapshot_id == snapshot_id)
