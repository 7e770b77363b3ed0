"""Which jobs are alive, and what was known of each name at a given time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE, ColumnElement, ScalarSelect, Select, Subquery, and_, case, exists, func, literal, select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import InstrumentedAttribute, Session

from ...domain import JobName, JobType
from .. import schema
from ..curation.projects import projects
from ..results.job_names import as_job_type
from .days import days_until
from .window import EvidenceWindow

ALIVE_FOR = timedelta(days=14)
SELF_SCHEDULED_TIER = 3  # its jobs run on their own schedule; SETA gives them no priority

Name, Type, Day = schema.JobName, schema.JobType, schema.JobDay
Result, Entry = schema.JobResult, schema.JobListEntry


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """A task label or builder name of one project and build system."""

    project: str
    build_system: str
    name: str
    job_type_id: int | None
    job_type: JobType | None         # None: unparsed, so it always runs
    tier: int
    is_alive: bool                   # could run there: listed, or seen where there is no list
    first_seen: datetime | None      # result or list
    first_listed: datetime | None
    first_passed: datetime | None    # about: the first result of the first day with a pass
    is_build: bool = False           # its source said so

    @property
    def is_ours(self) -> bool:
        """Return whether it may be given a priority at all."""
        return self.is_alive and self.job_type is not None and self.tier < SELF_SCHEDULED_TIER


def known_names(session: Session, window: EvidenceWindow) -> list[NameEvidence]:
    """Return every name seen in the scope by then, by project, build system and name.

    One query. The rollup must be up to date.
    """
    seen = _seen(days_until(window))
    lists = _newest_lists(window.known_by)
    # Not the tier in job_names: that may be from after the as-of.
    tier = func.coalesce(newest_tier(window), Entry.tier, 1)
    query = (
        _names(lists, Name.project, Name.build_system, Name.name, Name.job_type_id,
               Type, tier.label("tier"),
               _is_alive(lists, _is_recent(seen.c.last_at, window.as_of)).label("is_alive"),
               seen.c.first_seen, seen.c.first_listed, seen.c.first_passed, Name.is_build)
        .join(schema.Project, schema.Project.name == Name.project)
        .join(seen, seen.c.job_name_id == Name.id)
        .where(schema.Project.scope == window.scope)
        .order_by(Name.project, Name.build_system, Name.name)
    )
    return [
        NameEvidence(
            row.project, row.build_system, row.name, row.job_type_id, as_job_type(row.JobType),
            row.tier, bool(row.is_alive), row.first_seen, row.first_listed, row.first_passed,
            row.is_build)
        for row in session.execute(query)]


def alive_jobs(
    session: Session, project: str, build_system: str, *, at: datetime
) -> list[JobName]:
    """Return the jobs of a project that could run at a moment, by name."""
    lists = _newest_lists(at)
    was_seen = exists().where(
        Result.job_name_id == Name.id, _is_recent(Result.known_at, at), Result.known_at <= at)
    query = _names(lists, Name.name, Type, Name.is_build).where(
        Name.project == project, Name.build_system == build_system,
        _is_alive(lists, was_seen)).order_by(Name.name)
    return [JobName(project, build_system, name, as_job_type(job_type), is_build=is_build)
            for name, job_type, is_build in session.execute(query)]


def alive_in_scope(session: Session, scope: str, *, at: datetime) -> list[JobName]:
    """Return the jobs alive on any project of the scope."""
    return [job for project in projects(session, scope)
            for build_system in project.build_systems
            for job in alive_jobs(session, project.name, build_system, at=at)]


def _is_alive(lists: Subquery, was_seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """The rule: what the newest list names; where there is no list, what was seen lately."""
    return case((lists.c.id.is_not(None), Entry.job_list_id.is_not(None)), else_=was_seen)


def _is_recent(
    known_at: ColumnElement[datetime] | InstrumentedAttribute[datetime], at: datetime
) -> ColumnElement[bool]:
    return known_at >= at - ALIVE_FOR


def _names(lists: Subquery, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Select from job names with their job types and their entries in the newest lists."""
    return (
        select(*columns).select_from(Name)
        .outerjoin(Type, Type.id == Name.job_type_id)
        .outerjoin(lists, and_(lists.c.project == Name.project,
                               lists.c.build_system == Name.build_system))
        .outerjoin(Entry, and_(Entry.job_list_id == lists.c.id, Entry.job_name_id == Name.id)))


def _newest_lists(known_by: datetime) -> Subquery:
    """The newest list of each project and build system that was there by then."""
    each = schema.JobList
    return (
        select(each.id, each.project, each.build_system)
        .ext(distinct_on(each.project, each.build_system))
        .where(each.seen_at <= known_by)
        .order_by(each.project, each.build_system, each.seen_at.desc())
        .subquery("lists")
    )


def _seen(days: CTE) -> Subquery:
    """When each name was first seen, listed and passed, and last gave a result."""
    passed = days.c.runs > days.c.failures
    return select(
        days.c.job_name_id,
        func.least(func.min(days.c.first_at), func.min(days.c.listed_at)).label("first_seen"),
        func.min(days.c.listed_at).label("first_listed"),
        func.min(days.c.first_at).filter(passed).label("first_passed"),
        func.max(days.c.last_at).label("last_at"),
    ).group_by(days.c.job_name_id).subquery("seen")


def newest_tier(window: EvidenceWindow) -> ScalarSelect[int]:
    """The tier of the name's newest result."""
    return (
        select(Result.tier)
        .where(Result.job_name_id == Name.id, Result.known_at <= window.known_by)
        .order_by(Result.known_at.desc(), Result.namespace_id, Result.job_id)
        .limit(literal(1)).correlate(Name).scalar_subquery()
    )


def platforms_seen(session: Session, project: str) -> dict[str, tuple[datetime, datetime]]:
    """Return platform -> first and last time that a result or a list named a job of it."""
    query = (
        select(Type.platform,
               func.min(func.least(Day.first_at, Day.listed_at)),
               func.max(func.greatest(Day.last_at, Day.listed_at)))
        .join(Name, Name.job_type_id == Type.id)
        .join(Day, Day.job_name_id == Name.id)
        .where(Name.project == project)
        .group_by(Type.platform))
    return {platform: (first, last) for platform, first, last in session.execute(query)}
