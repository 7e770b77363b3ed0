"""The names of a scope's jobs, and what was known of each at a moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CTE, and_, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from ...domain import JobType
from .. import tables
from .days import days_until
from .moment import Moment

ALIVE_FOR = timedelta(days=14)
TIER_OF_ITS_OWN = 3  # runs as it is told: no job type for us

Name, Type, Day = tables.JobName, tables.JobType, tables.JobDay


@dataclass(frozen=True, slots=True)
class KnownName:
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


def known_names(session: Session, moment: Moment) -> list[KnownName]:
    """Return every name seen in the scope by then, by project, build system and name.

    One query. The rollup must be up to date.
    """
    days = days_until(moment)
    seen = _seen(days)
    lists = _newest_lists(moment)
    listed = and_(tables.JobListEntry.job_list_id == lists.c.id,
                  tables.JobListEntry.job_name_id == Name.id)
    # Not the name's own row: that may be of later.
    tier = func.coalesce(_newest_tier(moment), tables.JobListEntry.tier, 1)
    query = (
        select(Name.project, Name.build_system, Name.name, Type.id, Type.platform,
               Type.build_type, Type.test_suite, Type.chunk, tier, lists.c.id,
               tables.JobListEntry.job_list_id, seen)
        .join(tables.Project, tables.Project.name == Name.project)
        .outerjoin(Type, Type.id == Name.job_type_id)
        .join(seen, seen.c.job_name_id == Name.id)
        .outerjoin(lists, and_(lists.c.project == Name.project,
                               lists.c.build_system == Name.build_system))
        .outerjoin(tables.JobListEntry, listed)
        .where(tables.Project.scope == moment.scope)
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
    each = tables.JobList
    return (
        select(each.id, each.project, each.build_system)
        .ext(distinct_on(each.project, each.build_system))
        .where(each.seen_at <= moment.known_by)
        .order_by(each.project, each.build_system, each.seen_at.desc())
        .subquery("lists")
    )


def _newest_tier(moment: Moment):
    """The tier of the name's newest result."""
    result = tables.JobResult
    return (
        select(result.tier)
        .where(result.job_name_id == Name.id, result.known_at <= moment.known_by)
        .order_by(result.known_at.desc(), result.namespace, result.job_id)
        .limit(literal(1)).correlate(Name).scalar_subquery()
    )


def _to_name(row, moment: Moment) -> KnownName:
    job_type = JobType(*row[4:8]) if row[3] is not None else None
    has_list = row[9] is not None
    was_seen = row.last_at is not None and row.last_at >= moment.as_of - ALIVE_FOR
    return KnownName(
        project=row.project, build_system=row.build_system, name=row.name, job_type_id=row[3],
        job_type=job_type, tier=row[8],
        is_alive=row[10] is not None if has_list else was_seen,
        first_seen=row.first_seen, first_listed=row.first_listed, first_passed=row.first_passed)
