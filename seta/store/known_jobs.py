"""All names of jobs that are known, whatever became of them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..domain import JobType
from . import tables


@dataclass(frozen=True, slots=True)
class KnownJob:
    project: str
    build_system: str
    name: str
    job_type: JobType
    group_symbol: str
    symbol: str


def known_jobs(session: Session, projects: list[str]) -> list[KnownJob]:
    """Return the names of these projects that are job types, by project and name. One query."""
    name, kind = tables.JobName, tables.JobType
    query = (
        select(name.project, name.build_system, name.name, kind.platform, kind.build_type,
               kind.test_suite, kind.chunk, name.group_symbol, name.symbol)
        .join(kind, kind.id == name.job_type_id)
        .where(name.project.in_(projects))
        .order_by(name.project, name.build_system, name.name)
    )
    return [KnownJob(*row[:3], JobType(*row[3:7]), *row[7:]) for row in session.execute(query)]
