"""The runs of jobs: on which pushes, how they ended, and how long they took."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...domain import FAILING, VERDICTS, JobType
from ...errors import NotFound
from .. import schema
from .job_names import as_job_type
from .namespaces import namespace_id

Name, Result, Push = schema.JobName, schema.JobResult, schema.Push

TIMED_RUNS = 50


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
    """Whether a job passed on one push, by its last run that passed or failed."""

    revision: str
    push_id: str | None
    pushed_at: datetime
    passed: bool


def has_results(session: Session, project: str, *, namespace: str) -> bool:
    """Return whether any result of a project has a key of this namespace."""
    query = (select(Result.job_id).join(Push, Push.id == Result.push)
             .where(Push.project == project,
                    Result.namespace_id == namespace_id(namespace)))
    return session.scalar(query.limit(1)) is not None


def find_job(session: Session, project: str, build_system: str, name: str) -> FoundJob:
    """Return a job; raises NotFound when no source ever reported that name."""
    found = session.execute(
        select(Name, schema.JobType)
        .outerjoin(schema.JobType, schema.JobType.id == Name.job_type_id)
        .where(Name.project == project, Name.build_system == build_system, Name.name == name)
    ).one_or_none()
    if found is None:
        raise NotFound(f"{project} ({build_system}) has no job {name!r}")
    row, job_type = found
    return FoundJob(row.id, project, build_system, name, as_job_type(job_type),
                    row.job_type_id, row.tier)


def runs_of(
    session: Session, job: FoundJob, *, up_to: datetime | None = None, limit: int = 500
) -> list[JobRun]:
    """Return the pushes on which the job passed or failed, the newest push first."""
    query = (
        select(Push.revision, Push.push_id, Push.pushed_at, Result.result)
        .join(Push, Push.id == Result.push)
        .where(Result.job_name_id == job.id, Result.result.in_(VERDICTS))
        .order_by(Push.pushed_at.desc(), Push.id.desc(), Result.known_at.desc())
        .limit(limit))
    if up_to is not None:
        query = query.where(Push.pushed_at <= up_to)
    found: dict[str, JobRun] = {}
    for revision, push_id, pushed_at, result in session.execute(query):
        run = JobRun(revision, push_id, pushed_at, result not in FAILING)
        found.setdefault(revision, run)  # of one push the last known counts
    return list(found.values())


def mean_milliseconds(session: Session, job: FoundJob) -> int | None:
    """Return how long a run takes, by the job's last timed runs; None if none was timed."""
    last = (
        select(Result.duration_ms)
        .where(Result.job_name_id == job.id, Result.duration_ms.is_not(None))
        .order_by(Result.known_at.desc()).limit(TIMED_RUNS).subquery())
    mean = session.scalar(select(func.avg(last.c.duration_ms)))
    return None if mean is None else round(mean)


def window_counts(session: Session, job: FoundJob, *, days: int, now: datetime) -> tuple[int, int]:
    """Return how often the job ran and failed in the last days, by the rollup."""
    since = (now - timedelta(days=days)).date()
    runs, failures = session.execute(
        select(func.sum(schema.JobDay.runs), func.sum(schema.JobDay.failures))
        .where(schema.JobDay.job_name_id == job.id, schema.JobDay.day >= since)).one()
    return runs or 0, failures or 0
