"""What the names of projects mean, as they are stored."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..domain import JobType
from ..names import JobName, ParseReport, parse_report
from . import tables


def name_report(session: Session, project: str | None = None) -> ParseReport:
    """Report the unparsed names of one project or all, and those that share a job type."""
    name, kind = tables.JobName, tables.JobType
    query = (select(name.project, name.build_system, name.name, kind.platform, kind.build_type,
                    kind.test_suite, kind.chunk)
             .outerjoin(kind, kind.id == name.job_type_id))
    if project is not None:
        query = query.where(name.project == project)
    return parse_report(
        JobName(*row[:3], JobType(*row[3:]) if row.platform is not None else None)
        for row in session.execute(query))
