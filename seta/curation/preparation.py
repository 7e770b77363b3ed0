"""What is done to a scope's data before an analysis reads it."""

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from ..store.curation import projects
from ..store.results.rollup import refresh_all_job_days
from .inference import infer_scope
from .renames import watch_platforms


def prepare_analysis(sessions: sessionmaker[Session], scope: str, *, now: datetime) -> None:
    """Infer regressions where a project wants it, watch for renames, and count the rollup.

    Raises UnknownScope. Run again, it changes nothing.
    """
    with sessions.begin() as session:
        is_archived = projects.scope_named(session, scope).is_archived
        infer_scope(session, scope, now=now)
        if not is_archived:
            for project in projects.projects(session, scope):
                watch_platforms(session, project)
    refresh_all_job_days(sessions)
