"""Failed jobs that sheriffs classified "fixed by commit": what the regressions are made of."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, extract, func, select
from sqlalchemy.orm import Session

from ...domain import FAILING, Classification, JobType, Witnesses
from .. import schema
from ..results.classifications import is_outranked
from .alive import SELF_SCHEDULED_TIER
from .window import EvidenceWindow

Classified, Result, Push, Name, Type = (
    schema.ClassificationRow, schema.JobResult, schema.Push, schema.JobName, schema.JobType)


def counted_jobs(window: EvidenceWindow) -> Select[*tuple[Any, ...]]:
    """Select the failed jobs of the window whose counted classification is "fixed by commit".

    Tier 3 is left in, and marked.
    """
    return (
        select(
            Classified.namespace_id, Classified.job_id, Classified.fixed_by, Classified.unparsed,
            Classified.classified_at, Classified.is_assumed, Classified.is_inferred,
            Push.pushed_at, Result.known_at, Name.job_type_id, Result.duration_ms,
            (Result.tier >= SELF_SCHEDULED_TIER).label("has_own_schedule"),
        )
        .join(Result, and_(Result.namespace_id == Classified.namespace_id,
                           Result.job_id == Classified.job_id))
        .join(Push, Push.id == Result.push)
        .join(Name, Name.id == Result.job_name_id)
        .join(schema.Project, schema.Project.name == Push.project)
        .where(
            Classified.classification == Classification.FIXED_BY_COMMIT,
            Classified.classified_at <= window.known_by,
            ~is_outranked(window.known_by),
            schema.Project.scope == window.scope,
            Push.pushed_at >= window.since, Push.pushed_at < window.as_of,
            Result.known_at <= window.known_by,
            Result.result.in_(FAILING),
        )
    )


def witnesses(session: Session, window: EvidenceWindow) -> list[Witnesses]:
    """Return the regressions of the window with all their witnesses, by fixing revision.

    Names that could not be parsed and tier 3 are not witnesses; `label_quality` counts them. One
    query, whose rows are pairs of regression and job type.
    """
    jobs = counted_jobs(window).cte("jobs")
    fixed_by = func.unnest(jobs.c.fixed_by).label("fixed_by")
    each = select(fixed_by, jobs.c.job_type_id, jobs.c.is_inferred, jobs.c.pushed_at).where(
        jobs.c.job_type_id.is_not(None), ~jobs.c.has_own_schedule).subquery("each")
    query = (
        select(each.c.fixed_by, Type.id, Type.platform, Type.build_type, Type.test_suite,
               Type.chunk, func.bool_and(each.c.is_inferred), func.count(),
               func.min(each.c.pushed_at))
        .join(Type, Type.id == each.c.job_type_id)
        .group_by(each.c.fixed_by, Type.id)
        .order_by(each.c.fixed_by, Type.platform, Type.build_type, Type.test_suite, Type.chunk)
    )
    return _grouped(session.execute(query))


def _grouped(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Witnesses]:
    caught_by: dict[str, dict[JobType, int]] = defaultdict(dict)
    inferred: dict[str, bool] = defaultdict(lambda: True)
    jobs: dict[str, int] = defaultdict(int)
    first_at: dict[str, datetime] = {}
    for fixed_by, type_id, *words, is_inferred, count, pushed_at in rows:
        caught_by[fixed_by][JobType(*words)] = type_id
        inferred[fixed_by] &= is_inferred
        jobs[fixed_by] += count
        first_at[fixed_by] = min(pushed_at, first_at.get(fixed_by, pushed_at))
    return [Witnesses(fixed_by, types, inferred[fixed_by], jobs[fixed_by], first_at[fixed_by])
            for fixed_by, types in caught_by.items()]


def failures_by_fix(
    session: Session, window: EvidenceWindow
) -> dict[str, list[tuple[JobType, int | None]]]:
    """Return, for each fixing revision, the job type and milliseconds of every job it fixed.

    Sorted; what is not evidence is left out. One query.
    """
    jobs = counted_jobs(window).cte("jobs")
    fixed_by = func.unnest(jobs.c.fixed_by).label("fixed_by")
    each = select(fixed_by, jobs.c.job_type_id, jobs.c.duration_ms).where(
        ~jobs.c.has_own_schedule).subquery("each")
    query = (
        select(each.c.fixed_by, Type.platform, Type.build_type, Type.test_suite, Type.chunk,
               each.c.duration_ms)
        .join(Type, Type.id == each.c.job_type_id)
        .order_by(each.c.fixed_by, Type.platform, Type.build_type, Type.test_suite, Type.chunk,
                  each.c.duration_ms)
    )
    found = defaultdict(list)
    for row in session.execute(query):
        found[row[0]].append((JobType(*row[1:5]), row[5]))
    return dict(found)


@dataclass(frozen=True, slots=True)
class LabelQuality:
    """Counts over the jobs that are classified "fixed by commit" in the window."""

    jobs: int                        # all of them
    without_fix: int                 # no revision could be read: not evidence
    unparsed_revisions: int          # revisions in notes that stayed unknown
    unparsed_names: int              # whose name is not of a job type
    tier_3: int
    assumed_times: int               # no time was given: the push time is used
    inferred: int                    # nobody classified it
    median_lag: int | None           # seconds from the job's end to its classification


def label_quality(session: Session, window: EvidenceWindow) -> LabelQuality:
    jobs = counted_jobs(window).cte("jobs")
    lag = extract("epoch", jobs.c.classified_at - jobs.c.known_at)
    count = func.count()
    total, unfixed, revisions, names, tier_3, assumed, inferred, median = session.execute(select(
        count,
        count.filter(func.cardinality(jobs.c.fixed_by) == 0),
        func.coalesce(func.sum(jobs.c.unparsed), 0),
        count.filter(jobs.c.job_type_id.is_(None)),
        count.filter(jobs.c.has_own_schedule),
        count.filter(jobs.c.is_assumed),
        count.filter(jobs.c.is_inferred),
        func.percentile_cont(0.5).within_group(lag).filter(
            ~jobs.c.is_assumed & ~jobs.c.is_inferred),
    )).one()
    return LabelQuality(
        jobs=total, without_fix=unfixed, unparsed_revisions=revisions, unparsed_names=names,
        tier_3=tier_3, assumed_times=assumed, inferred=inferred,
        median_lag=None if median is None else round(median))
