"""Jobs, and what snapshots decided on them."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Subquery, any_, func, literal, select, tuple_
from sqlalchemy.orm import Session

from ...domain import JobType, Priority
from .. import schema
from ..results.job_names import as_job_type
from ..results.job_runs import FoundJob

Name, Listed, Decided, Type, Regression = (
    schema.JobName, schema.SnapshotList, schema.SnapshotPriority, schema.JobType,
    schema.SnapshotRegression)


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs to list; None matches anything. Words of a job type are globs."""

    build_system: str | None = None
    platform: str | None = None
    build_type: str | None = None
    test_suite: str | None = None
    priority: Priority | None = None
    search: str | None = None          # a part of the name, whatever the case
    is_parsed: bool | None = None
    exact_name: str | None = None


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job name of a project, and what the snapshot decided on its job type."""

    build_system: str
    name: str
    job_type: JobType | None     # None: unparsed, so it always runs
    tier: int
    priority: Priority | None    # None: it has none on this project
    reason: str | None
    cost: int | None
    caught: int | None


@dataclass(frozen=True, slots=True)
class PastPriority:
    """What one snapshot decided on a job type."""

    snapshot_id: int
    as_of: datetime
    priority: Priority
    reason: str


@dataclass(frozen=True, slots=True)
class CaughtRegression:
    """A regression that a job type caught, and the other job types of priority 1 that caught it."""

    fixed_by: str
    is_inferred: bool
    covered_by: tuple[JobType, ...]


def job_lines(
    session: Session, project: str, snapshot_id: int | None, wanted: JobFilter, *,
    after: tuple[str, str] | None, limit: int,
) -> list[JobLine]:
    """Return jobs by build system and name; `after` is the last one of the page before."""
    listed = _listed(project, snapshot_id)
    query = (
        select(Name.build_system, Name.name, Type, Name.tier, listed.c.priority, Decided.reason,
               Decided.cost, Decided.caught)
        .outerjoin(Type, Type.id == Name.job_type_id)
        .outerjoin(listed, (listed.c.build_system == Name.build_system)
                   & (listed.c.name == Name.name))
        .outerjoin(Decided, (Decided.snapshot_id == listed.c.snapshot_id)
                   & (Decided.job_type_id == Name.job_type_id))
        .where(Name.project == project)
        .order_by(Name.build_system, Name.name).limit(limit))
    if after is not None:
        query = query.where(tuple_(Name.build_system, Name.name) > after)
    return [_to_line(row) for row in session.execute(_filtered(query, wanted, listed))]


def priority_history(
    session: Session, job: FoundJob, scope: str, *, limit: int = 50
) -> list[PastPriority]:
    """Return what the scope's snapshots decided on the job's type, the newest first."""
    query = (
        select(schema.Snapshot.id, schema.Snapshot.as_of, Decided.priority, Decided.reason)
        .join(Decided, Decided.snapshot_id == schema.Snapshot.id)
        .where(schema.Snapshot.scope == scope, Decided.job_type_id == job.job_type_id)
        .order_by(schema.Snapshot.id.desc()).limit(limit))
    return [PastPriority(snapshot_id, as_of, Priority(priority), reason)
            for snapshot_id, as_of, priority, reason in session.execute(query)]


def caught_regressions(
    session: Session, job: FoundJob, snapshot_id: int
) -> list[CaughtRegression]:
    """Return what the job's type caught of a snapshot's regressions, by fixing revision."""
    caught = session.execute(
        select(Regression.fixed_by, Regression.is_inferred, Regression.caught_by)
        .where(Regression.snapshot_id == snapshot_id,
               literal(job.job_type_id) == any_(Regression.caught_by))
        .order_by(Regression.fixed_by)).all()
    others = {each for row in caught for each in row.caught_by} - {job.job_type_id}
    high = _high_value(session, snapshot_id, others)
    return [CaughtRegression(fixed_by, is_inferred, tuple(sorted(
        high[each] for each in caught_by if each in high)))
        for fixed_by, is_inferred, caught_by in caught]


def _listed(project: str, snapshot_id: int | None) -> Subquery:
    """The names with a priority on the project."""
    return select(
        Listed.snapshot_id, Listed.build_system, Listed.priority,
        func.unnest(Listed.names).label("name"),
    ).where(Listed.project == project, Listed.snapshot_id == literal(snapshot_id)
            ).subquery("listed")


def _filtered(
    query: Select[*tuple[Any, ...]], wanted: JobFilter, listed: Subquery
) -> Select[*tuple[Any, ...]]:
    if wanted.build_system is not None:
        query = query.where(Name.build_system == wanted.build_system)
    for column, glob in ((Type.platform, wanted.platform), (Type.build_type, wanted.build_type),
                         (Type.test_suite, wanted.test_suite)):
        if glob is not None:
            query = query.where(column.regexp_match(as_regex(glob)))
    if wanted.priority is not None:
        query = query.where(listed.c.priority == wanted.priority)
    if wanted.search is not None:
        query = query.where(Name.name.icontains(wanted.search, autoescape=True))
    if wanted.exact_name is not None:
        query = query.where(Name.name == wanted.exact_name)
    if wanted.is_parsed is not None:
        is_parsed = Name.job_type_id.is_not(None)
        query = query.where(is_parsed if wanted.is_parsed else ~is_parsed)
    return query


def as_regex(glob: str) -> str:
    """Return the regular expression of PostgreSQL for a glob of ``*`` and ``?``.

    >>> as_regex("win*7.1")
    '^win.*7\\\\.1$'
    """
    letters = {"*": ".*", "?": "."}
    return f"^{''.join(letters.get(each, re.escape(each)) for each in glob)}$"


def _to_line(row: Row[*tuple[Any, ...]]) -> JobLine:
    build_system, name, job_type, tier, priority, reason, cost, caught = row
    return JobLine(build_system, name, as_job_type(job_type), tier,
                   None if priority is None else Priority(priority), reason, cost, caught)


def _high_value(session: Session, snapshot_id: int, type_ids: set[int]) -> dict[int, JobType]:
    query = (
        select(Type).join(Decided, Decided.job_type_id == Type.id)
        .where(Decided.snapshot_id == snapshot_id, Decided.priority == Priority.FIRST,
               Type.id.in_(type_ids)))
    return {row.id: as_job_type(row) for row in session.scalars(query)}
