"""Lists of jobs with what a snapshot says of them, page by page."""

import re
from dataclasses import dataclass

from sqlalchemy import Select, func, literal, select, tuple_
from sqlalchemy.orm import Session

from ..domain import JobType, Priority
from . import tables

Name, Kind, Listed, Row = (
    tables.JobName, tables.JobType, tables.SnapshotList, tables.SnapshotPriority)


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are wanted; a word that is None is whatever. Words of a job type are globs."""

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
    """A job name of a project, and what the snapshot says of its job type there."""

    build_system: str
    name: str
    job_type: JobType | None     # None: unparsed, and runs
    tier: int
    priority: Priority | None    # None: it has none on this project, and runs as it is told
    reason: str | None
    cost: int | None
    caught: int | None


def job_lines(
    session: Session, project: str, snapshot_id: int | None, wanted: JobFilter, *,
    after: tuple[str, str] | None, limit: int,
) -> list[JobLine]:
    """Return jobs by build system and name; `after` is the last one of the page before."""
    listed = _listed(project, snapshot_id)
    query = (
        select(Name.build_system, Name.name, Kind, Name.tier, listed.c.priority, Row.reason,
               Row.cost, Row.caught)
        .outerjoin(Kind, Kind.id == Name.job_type_id)
        .outerjoin(listed, (listed.c.build_system == Name.build_system)
                   & (listed.c.name == Name.name))
        .outerjoin(Row, (Row.snapshot_id == listed.c.snapshot_id)
                   & (Row.job_type_id == Name.job_type_id))
        .where(Name.project == project)
        .order_by(Name.build_system, Name.name).limit(limit))
    if after is not None:
        query = query.where(tuple_(Name.build_system, Name.name) > after)
    return [_to_line(*row) for row in session.execute(_filtered(query, wanted, listed))]


def _listed(project: str, snapshot_id: int | None):
    """The names with a priority on the project."""
    return select(
        Listed.snapshot_id, Listed.build_system, Listed.priority,
        func.unnest(Listed.names).label("name"),
    ).where(Listed.project == project, Listed.snapshot_id == literal(snapshot_id)
            ).subquery("listed")


def _filtered(query: Select, wanted: JobFilter, listed) -> Select:
    if wanted.build_system is not None:
        query = query.where(Name.build_system == wanted.build_system)
    for column, glob in ((Kind.platform, wanted.platform), (Kind.build_type, wanted.build_type),
                         (Kind.test_suite, wanted.test_suite)):
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
    """Return the regular expression of Postgres for a glob of ``*`` and ``?``.

    >>> as_regex("win*7.1")
    '^win.*7\\\\.1$'
    """
    letters = {"*": ".*", "?": "."}
    return f"^{''.join(letters.get(each, re.escape(each)) for each in glob)}$"


def _to_line(build_system, name, kind, tier, priority, reason, cost, caught) -> JobLine:
    job_type = kind and JobType(kind.platform, kind.build_type, kind.test_suite, kind.chunk)
    return JobLine(build_system, name, job_type, tier, priority and Priority(priority), reason,
                   cost, caught)
