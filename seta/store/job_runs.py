"""The runs of one job: on which pushes, how they ended, and what they took."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..domain import FAILING, JobType
from ..errors import NotFound
from . import tables
from .job_history import to_job_type

TIMED_RUNS = 50
TELLING = tuple(sorted(FAILING | {"success"}))

Name, Result, Push = tables.JobName, tables.JobResult, tables.Push


@dataclass(frozen=True, slots=True)
class FoundJob:
    """A job name of one project and build system."""

    id: int
    project: str
    build_system: str
    name: str
    job_type: JobType | None
    job_type_id: int | None
    tier: int


@dataclass(frozen=True, slots=True)
class JobRun:
    """What the last telling run of a job on one push said of the code."""

    revision: str
    push_id: str | None
    pushed_at: datetime
    passed: bool


def find_job(session: Session, project: str, build_system: str, name: str) -> FoundJob:
    """Raises NotFound when no source ever named such a job there."""
    found = session.execute(
        select(Name, tables.JobType)
        .outerjoin(tables.JobType, tables.JobType.id == Name.job_type_id)
        .where(Name.project == project, Name.build_system == build_system, Name.name == name)
    ).one_or_none()
    if found is None:
        raise NotFound(f"no job {name!r} is known of {project} ({build_system})")
    row, kind = found
    return FoundJob(row.id, project, build_system, name, kind and to_job_type(kind),
                    row.job_type_id, row.tier)


def runs_of(
    session: Session, job: FoundJob, *, up_to: datetime | None = None, limit: int = 500
) -> list[JobRun]:
    """Return the pushes on which the job passed or failed, the newest push first."""
    query = (
        select(Push.revision, Push.push_id, Push.pushed_at, Result.result)
        .join(Push, Push.id == Result.push)
        .where(Result.job_name_id == job.id, Result.result.in_(TELLING))
        .order_by(Push.pushed_at.desc(), Push.id.desc(), Result.known_at.desc())
        .limit(limit))
    if up_to is not None:
        query = query.where(Push.pushed_at <= up_to)
    found = {}
    for revision, push_id, pushed_at, result in session.execute(query):
        run = JobRun(revision, push_id, pushed_at, result not in FAILING)
        found.setdefault(revision, run)  # of one push the last known counts
    return list(found.values())


def mean_milliseconds(session: Session, job: FoundJob) -> int | None:
    """Return what a run takes, by the job's last timed runs; None when none was timed."""
    last = (
        select(Result.duration_ms)
        .where(Result.job_name_id == job.id, Result.duration_ms.is_not(None))
        .order_by(Result.known_at.desc()).limit(TIMED_RUNS).subquery())
    mean = session.scalar(select(func.avg(last.c.duration_ms)))
    return None if mean is None else round(mean)
