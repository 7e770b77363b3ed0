"""Failed jobs that sheriffs classified "fixed by commit": what the regressions are made of."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from ...domain import FAILING, Classification, JobType
from .. import tables
from .known_names import TIER_OF_ITS_OWN
from .moment import Moment

Said, Result, Push, Name, Type = (
    tables.ClassificationRow, tables.JobResult, tables.Push, tables.JobName, tables.JobType)


@dataclass(frozen=True, slots=True)
class Witnesses:
    """All that caught one regression, alive or retired."""

    fixed_by: str
    caught_by: dict[JobType, int]    # -> job type id
    is_inferred: bool                # nobody said so, on any of its jobs
    jobs: int


def counted_jobs(moment: Moment):
    """Select the failed jobs of the window whose counted classification is "fixed by commit".

    The newest classification counts, whatever it says; one that was inferred only where nothing
    else was said. Tier 3 is left in, and marked.
    """
    return (
        select(
            Said.namespace, Said.job_id, Said.fixed_by, Said.unparsed, Said.classified_at,
            Said.is_assumed, Said.is_inferred, Push.pushed_at, Result.known_at, Name.job_type_id,
            Result.duration_ms, (Result.tier >= TIER_OF_ITS_OWN).label("is_tier_3"),
        )
        .join(Result, and_(Result.namespace == Said.namespace, Result.job_id == Said.job_id))
        .join(Push, Push.id == Result.push)
        .join(Name, Name.id == Result.job_name_id)
        .join(tables.Project, tables.Project.name == Push.project)
        .where(
            Said.classification == Classification.FIXED_BY_COMMIT,
            Said.classified_at <= moment.known_by,
            ~_is_outdone(moment),
            tables.Project.scope == moment.scope,
            Push.pushed_at >= moment.since, Push.pushed_at < moment.as_of,
            Result.known_at <= moment.known_by,
            Result.result.in_(FAILING),
        )
    )


def _is_outdone(moment: Moment):
    """Say in SQL whether something else was said of the job that counts instead."""
    other = aliased(Said)
    same_kind = other.is_inferred == Said.is_inferred
    is_newer = func.row(other.classified_at, other.id) > func.row(Said.classified_at, Said.id)
    return exists().where(
        other.namespace == Said.namespace, other.job_id == Said.job_id,
        other.classified_at <= moment.known_by,
        (same_kind & is_newer) | (Said.is_inferred & ~other.is_inferred))


def witnesses(session: Session, moment: Moment) -> list[Witnesses]:
    """Return the regressions of the window with all their witnesses, by fixing revision.

    Names that could not be parsed and tier 3 are no witnesses; `label_quality` counts them. One
    query, whose rows are pairs of regression and job type.
    """
    jobs = counted_jobs(moment).cte("jobs")
    fixed_by = func.unnest(jobs.c.fixed_by).label("fixed_by")
    each = select(fixed_by, jobs.c.job_type_id, jobs.c.is_inferred).where(
        jobs.c.job_type_id.is_not(None), ~jobs.c.is_tier_3).subquery("each")
    query = (
        select(each.c.fixed_by, Type.id, Type.platform, Type.build_type, Type.test_suite,
               Type.chunk, func.bool_and(each.c.is_inferred), func.count())
        .join(Type, Type.id == each.c.job_type_id)
        .group_by(each.c.fixed_by, Type.id)
        .order_by(each.c.fixed_by, Type.platform, Type.build_type, Type.test_suite, Type.chunk)
    )
    return _grouped(session.execute(query))


def _grouped(rows) -> list[Witnesses]:
    caught_by, inferred, jobs = defaultdict(dict), defaultdict(lambda: True), defaultdict(int)
    for fixed_by, type_id, *words, is_inferred, count in rows:
        caught_by[fixed_by][JobType(*words)] = type_id
        inferred[fixed_by] &= is_inferred
        jobs[fixed_by] += count
    return [Witnesses(fixed_by, types, inferred[fixed_by], jobs[fixed_by])
            for fixed_by, types in caught_by.items()]
