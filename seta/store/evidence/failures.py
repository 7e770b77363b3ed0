"""Failed jobs one by one, for those who analyse them elsewhere."""

from collections import defaultdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...domain import JobType
from .. import tables
from .moment import Moment
from .witnesses import counted_jobs


def failures_by_fix(
    session: Session, moment: Moment
) -> dict[str, list[tuple[JobType, int | None]]]:
    """Return, for each fixing revision, the job type and milliseconds of every job it fixed.

    Sorted; what is no evidence is left out. One query.
    """
    jobs = counted_jobs(moment).cte("jobs")
    kind = tables.JobType
    fixed_by = func.unnest(jobs.c.fixed_by).label("fixed_by")
    each = select(fixed_by, jobs.c.job_type_id, jobs.c.duration_ms).where(
        ~jobs.c.is_tier_3).subquery("each")
    query = (
        select(each.c.fixed_by, kind.platform, kind.build_type, kind.test_suite, kind.chunk,
               each.c.duration_ms)
        .join(kind, kind.id == each.c.job_type_id)
        .order_by(each.c.fixed_by, kind.platform, kind.build_type, kind.test_suite, kind.chunk,
                  each.c.duration_ms)
    )
    found = defaultdict(list)
    for row in session.execute(query):
        found[row[0]].append((JobType(*row[1:5]), row[5]))
    return dict(found)
