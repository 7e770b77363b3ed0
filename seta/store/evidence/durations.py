"""How long a run of each job type takes."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...domain import JobType
from .. import schema
from .days import days_until
from .window import EvidenceWindow

LAST_DAYS = 14

Type = schema.JobType


def mean_durations(session: Session, window: EvidenceWindow) -> dict[JobType, int]:
    """Return the mean duration, in whole milliseconds, over each job type's last 14 days alive.

    Those are the days up to the last one on which it ran at all, on any project of the scope; a
    job type whose runs have no duration there is missing. One query.
    """
    days = days_until(window)
    name = schema.JobName
    each = (
        select(name.job_type_id, days.c.day, days.c.timed_runs, days.c.milliseconds,
               func.max(days.c.day).over(partition_by=name.job_type_id).label("last_day"))
        .join(name, name.id == days.c.job_name_id)
        .where(name.job_type_id.is_not(None), days.c.runs > 0)
        .subquery("each")
    )
    total = (
        select(each.c.job_type_id, func.sum(each.c.milliseconds) / func.sum(each.c.timed_runs))
        .where(each.c.day > each.c.last_day - LAST_DAYS)
        .group_by(each.c.job_type_id)
        .having(func.sum(each.c.timed_runs) > 0)
        .subquery("total")
    )
    query = (
        select(Type.platform, Type.build_type, Type.test_suite, Type.chunk, total.c[1])
        .join(total, total.c.job_type_id == Type.id))
    return {JobType(*words): round(mean) for *words, mean in session.execute(query)}
