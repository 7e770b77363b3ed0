"""Whether the ingest before an analysis went well."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from .. import tables


def failed_ingests(session: Session, scope: str) -> dict[str, str]:
    """Return the projects of a scope whose last ended ingest failed, each with the error."""
    run = tables.Run
    newest = (
        select(run.project, run.status, run.error)
        .ext(distinct_on(run.project))
        .join(tables.Project, tables.Project.name == run.project)
        .where(tables.Project.scope == scope, run.task == "ingest", run.ended_at.is_not(None))
        .order_by(run.project, run.ended_at.desc(), run.id.desc())
    )
    return {project: error or "no reason was recorded"
            for project, status, error in session.execute(newest) if status == "failed"}
