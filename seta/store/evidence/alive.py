"""Which jobs are alive, and what was known of each name at a moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CTE, and_, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from ...domain import JobType
from .. import schema
from ..curation.projects import projects
from .days import days_until
from .moment import Moment

ALIVE_FOR = timedelta(days=14)
TIER_OF_ITS_OWN = 3  # runs as it is told: no job type for us

Name, Type, Day = schema.JobName, schema.JobType, schema.JobDay


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """A task label or buildername of one project and build system."""

    project: str
    build_system: str
    name: str
    job_type_id: int | None
    job_type: JobType | None         # None: unparsed, and runs
    tier: int
    is_alive: bool                   # could run there: listed, or seen where there is no list
    first_seen: datetime | None      # result or list
    first_listed: datetime | None
    first_passed: datetime | None    # about: the first result of the first day with a pass

    @property
    def is_ours(self) -> bool:
        """Say whether it may be given a priority at all."""
        return self.is_alive and self.job_type is not None and self.tier < TIER_OF_ITS_OWN


def known_names(session: Session, moment: Moment) -> list[NameEvidence]:
    """Return every name seen in the scope by then, by project, build system and name.

    One query. The rollup must be up to date.
    """
    days = days_until(moment)
    seen = _seen(days)
    lists = _newest_lists(moment)
    listed = and_(schema.JobListEntry.job_list_id == lists.c.id,
                  schema.JobListEntry.job_name_id == Name.id)
    # Not the name's own row: that may be of later.
    tier = func.coalesce(_newest_tier(moment), schema.JobListEntry.tier, 1)
    query = (
        select(Name.project, Name.build_system, Name.name, Type.id, Type.platform,
               Type.build_type, Type.test_suite, Type.chunk, tier, lists.c.id,
               schema.JobListEntry.job_list_id, seen)
        .join(schema.Project, schema.Project.name == Name.project)
        .outerjoin(Type, Type.id == Name.job_type_id)
        .join(seen, seen.c.job_name_id == Name.id)
        .outerjoin(lists, and_(lists.c.project == Name.project,
                               lists.c.build_system == Name.build_system))
        .outerjoin(schema.JobListEntry, listed)
        .where(schema.Project.scope == moment.scope)
        .order_by(Name.project, Name.build_system, Name.name)
    )
    return [_to_name(row, moment) for row in session.execute(query)]


def _seen(days: CTE):
    """When each name was first seen, listed and passed, and last gave a result."""
    passed = days.c.runs > days.c.failures
    return select(
        days.c.job_name_id,
        func.least(func.min(days.c.first_at), func.min(days.c.listed_at)).label("first_seen"),
        func.min(days.c.listed_at).label("first_listed"),
        func.min(days.c.first_at).filter(passed).label("first_passed"),
        func.max(days.c.last_at).label("last_at"),
    ).group_by(days.c.job_name_id).subquery("seen")


def _newest_lists(moment: Moment):
    """The newest list of each project and build system that was there at the moment."""
    each = schema.JobList
    return (
        select(each.id, each.project, each.build_system)
        .ext(distinct_on(each.project, each.build_system))
        .where(each.seen_at <= moment.known_by)
        .order_by(each.project, each.build_system, each.seen_at.desc())
        .subquery("lists")
    )


def _newest_tier(moment: Moment):
    """The tier of the name's newest result."""
    result = schema.JobResult
    return (
        select(result.tier)
        .where(result.job_name_id == Name.id, result.known_at <= moment.known_by)
        .order_by(result.known_at.desc(), result.namespace, result.job_id)
        .limit(literal(1)).correlate(Name).scalar_subquery()
    )


def _to_name(row, moment: Moment) -> NameEvidence:
    job_type = JobType(*row[4:8]) if row[3] is not None else None
    has_list = row[9] is not None
    was_seen = row.last_at is not None and row.last_at >= moment.as_of - ALIVE_FOR
    return NameEvidence(
        project=row.project, build_system=row.build_system, name=row.name, job_type_id=row[3],
        job_type=job_type, tier=row[8],
        is_alive=row[10] is not None if has_list else was_seen,
        first_seen=row.first_seen, first_listed=row.first_listed, first_passed=row.first_passed)


@dataclass(frozen=True, slots=True)
class KnownJob:
    """A job name of a project, with what it means where it could be parsed."""

    name: str
    job_type: JobType | None


def alive_jobs(
    session: Session, project: str, build_system: str, *, at: datetime
) -> list[KnownJob]:
    """Return the jobs of the newest list, or, where no list exists, those seen lately."""
    alive = _alive(session, project, build_system, at)
    return known_jobs(session, project, build_system, alive)


def known_jobs(session: Session, project: str, build_system: str, *conditions) -> list[KnownJob]:
    """Return the jobs ever seen on a project, alive or not, by name."""
    query = (
        select(schema.JobName.name, schema.JobType)
        .outerjoin(schema.JobType, schema.JobType.id == schema.JobName.job_type_id)
        .where(schema.JobName.project == project, schema.JobName.build_system == build_system,
               *conditions)
        .order_by(schema.JobName.name))
    return [KnownJob(name, row and to_job_type(row)) for name, row in session.execute(query)]


def to_job_type(row: schema.JobType) -> JobType:
    return JobType(row.platform, row.build_type, row.test_suite, row.chunk)


def _alive(session: Session, project: str, build_system: str, at: datetime):
    newest_list = session.scalar(
        select(schema.JobList.id)
        .where(schema.JobList.project == project, schema.JobList.build_system == build_system,
               schema.JobList.seen_at <= at)
        .order_by(schema.JobList.seen_at.desc()).limit(1))
    if newest_list is not None:
        return schema.JobName.id.in_(
            select(schema.JobListEntry.job_name_id)
            .where(schema.JobListEntry.job_list_id == newest_list))
    return select(schema.JobResult.job_id).where(
        schema.JobResult.job_name_id == schema.JobName.id,
        schema.JobResult.known_at > at - ALIVE_FOR, schema.JobResult.known_at <= at).exists()


@dataclass(frozen=True, slots=True)
class ScopeJob:
    project: str
    build_system: str
    name: str
    job_type: JobType | None


def alive_in_scope(session: Session, scope: str, *, at: datetime) -> list[ScopeJob]:
    """Return the jobs alive on any project of the scope."""
    return [ScopeJob(project.name, build_system, job.name, job.job_type)
            for project in projects(session, scope)
            for build_system in project.build_systems
            for job in alive_jobs(session, project.name, build_system, at=at)]


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
