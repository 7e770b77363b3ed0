"""When each platform of a project was seen first and last."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import tables

Day, Name, Kind = tables.JobDay, tables.JobName, tables.JobType


def platforms_seen(session: Session, project: str) -> dict[str, tuple[datetime, datetime]]:
    """Return platform -> first and last time that a result or a list named a job of it."""
    query = (
        select(Kind.platform,
               func.min(func.least(Day.first_at, Day.listed_at)),
               func.max(func.greatest(Day.last_at, Day.listed_at)))
        .join(Name, Name.job_type_id == Kind.id)
        .join(Day, Day.job_name_id == Name.id)
        .where(Name.project == project)
        .group_by(Kind.platform))
    return {platform: (first, last) for platform, first, last in session.execute(query)}
