"""The jobs of a scope: what overrides and renames may pick."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import JobType
from .job_history import alive_jobs
from .projects import projects


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
