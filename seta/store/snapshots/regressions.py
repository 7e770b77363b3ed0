"""The regressions that a snapshot was decided on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import any_, func, literal, select
from sqlalchemy.orm import Session

from ... import domain
from ...domain import JobType, Priority
from ...errors import NotFound
from .. import schema
from ..evidence import EvidenceWindow
from ..evidence.witnesses import counted_jobs
from ..results.job_names import as_job_type

Regression, Row, Type, Result, Push, Name, Namespace = (
    schema.SnapshotRegression, schema.SnapshotPriority, schema.JobType, schema.JobResult,
    schema.Push, schema.JobName, schema.Namespace)


@dataclass(frozen=True, slots=True)
class RegressionLine:
    fixed_by: str
    is_inferred: bool
    witnesses: int


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A failed job that is counted as a witness."""

    project: str
    build_system: str
    name: str
    namespace: str
    job_id: str
    revision: str
    push_id: str | None
    pushed_at: datetime


@dataclass(frozen=True, slots=True)
class Witness:
    job_type: JobType
    priority: Priority | None    # None: not alive any more


def regression_lines(
    session: Session, snapshot_id: int, *, after: str | None = None, limit: int = 100
) -> list[RegressionLine]:
    """Return a snapshot's regressions by fixing revision; `after` is the last one before."""
    query = (
        select(Regression.fixed_by, Regression.is_inferred,
               func.cardinality(Regression.caught_by))
        .where(Regression.snapshot_id == snapshot_id)
        .order_by(Regression.fixed_by).limit(limit))
    if after is not None:
        query = query.where(Regression.fixed_by > after)
    return [RegressionLine(*row) for row in session.execute(query)]


def regression_line(session: Session, snapshot_id: int, fixed_by: str) -> RegressionLine:
    row = session.get(Regression, (snapshot_id, fixed_by))
    if row is None:
        raise NotFound(f"snapshot {snapshot_id} has no regression fixed by {fixed_by!r}")
    return RegressionLine(fixed_by, row.is_inferred, len(row.caught_by))


def witnesses_of(session: Session, snapshot_id: int, fixed_by: str) -> list[Witness]:
    """Return all that caught a regression, by job type, with their priority in the snapshot."""
    caught_by = select(func.unnest(Regression.caught_by)).where(
        Regression.snapshot_id == snapshot_id, Regression.fixed_by == fixed_by)
    query = (
        select(Type, Row.priority)
        .outerjoin(Row, (Row.job_type_id == Type.id) & (Row.snapshot_id == snapshot_id))
        .where(Type.id.in_(caught_by)))
    found = [Witness(as_job_type(job_type), None if priority is None else Priority(priority))
             for job_type, priority in session.execute(query)]
    return sorted(found, key=lambda witness: witness.job_type)


def failed_jobs_of(session: Session, window: EvidenceWindow, fixed_by: str) -> list[FailedJob]:
    """Return the failed jobs of a regression, the earliest push first."""
    jobs = counted_jobs(window).cte("jobs")
    query = (
        select(Push.project, Name.build_system, Name.name, Namespace.name, Result.job_id,
               Push.revision, Push.push_id, Push.pushed_at)
        .join(jobs, (jobs.c.namespace_id == Result.namespace_id)
              & (jobs.c.job_id == Result.job_id))
        .join(Namespace, Namespace.id == Result.namespace_id)
        .join(Push, Push.id == Result.push).join(Name, Name.id == Result.job_name_id)
        .where(literal(fixed_by) == any_(jobs.c.fixed_by))
        .order_by(Push.pushed_at, Push.project, Name.name, Namespace.name, Result.job_id))
    return [FailedJob(*row) for row in session.execute(query)]


def fixing_push(session: Session, scope: str, fixed_by: str) -> domain.Push | None:
    """Return the push whose revision has this prefix, the earliest one; None if none is stored."""
    query = (
        select(Push)
        .join(schema.Project, schema.Project.name == Push.project)
        .where(schema.Project.scope == scope, Push.revision >= fixed_by,
               Push.revision < fixed_by + "g")
        .order_by(Push.pushed_at).limit(1))
    row = session.scalar(query)
    return None if row is None else domain.Push(
        row.project, row.revision, row.pushed_at, row.push_id)
