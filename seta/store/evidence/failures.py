"""Every failed run that counts as a witness, one by one, as a window knows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...domain import JobType
from .. import schema
from .window import EvidenceWindow
from .witnesses import counted_jobs

Type = schema.JobType


@dataclass(frozen=True, slots=True)
class StarredFailure:
    """A failed run that a sheriff, or inference, ties to the revision that fixed it."""

    fixed_by: str
    project: str
    pushed_at: datetime
    known_at: datetime
    classified_at: datetime
    job_type: JobType


def starred_failures(session: Session, window: EvidenceWindow) -> Iterator[StarredFailure]:
    """Yield the failures by fixing revision; what is not evidence is left out. One query."""
    jobs = counted_jobs(window).add_columns(schema.Push.project).cte("jobs")
    fixed_by = func.unnest(jobs.c.fixed_by).label("fixed_by")
    each = select(
        fixed_by, jobs.c.project, jobs.c.pushed_at, jobs.c.known_at, jobs.c.classified_at,
        jobs.c.job_type_id,
    ).where(~jobs.c.has_own_schedule).subquery("each")
    query = (
        select(each.c.fixed_by, each.c.project, each.c.pushed_at, each.c.known_at,
               each.c.classified_at, Type.platform, Type.build_type, Type.test_suite, Type.chunk)
        .join(Type, Type.id == each.c.job_type_id)
        .order_by(each.c.fixed_by, each.c.project, each.c.pushed_at, Type.platform,
                  Type.build_type, Type.test_suite, Type.chunk))
    for row in session.execute(query.execution_options(yield_per=10_000)):
        yield StarredFailure(row.fixed_by, row.project, row.pushed_at, row.known_at,
                             row.classified_at, JobType(*row[5:]))
