"""What is known of one job: its window, its regressions, its history over snapshots."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import any_, func, literal, select
from sqlalchemy.orm import Session

from ..domain import JobType, Priority
from . import tables
from .job_history import to_job_type
from .job_runs import FoundJob

Day, Regression, Row, Kind = (
    tables.JobDay, tables.SnapshotRegression, tables.SnapshotPriority, tables.JobType)


@dataclass(frozen=True, slots=True)
class PastPriority:
    """What one snapshot said of a job type."""

    snapshot_id: int
    as_of: datetime
    priority: Priority
    reason: str


@dataclass(frozen=True, slots=True)
class CaughtRegression:
    """A regression that a job type caught, and who else is run on every push and caught it."""

    fixed_by: str
    is_inferred: bool
    covered_by: tuple[JobType, ...]


def window_counts(session: Session, job: FoundJob, *, days: int, now: datetime) -> tuple[int, int]:
    """Return how often the job ran and failed in the last days, by the rollup."""
    since = (now - timedelta(days=days)).date()
    runs, failures = session.execute(
        select(func.sum(Day.runs), func.sum(Day.failures))
        .where(Day.job_name_id == job.id, Day.day >= since)).one()
    return runs or 0, failures or 0


def priority_history(session: Session, job: FoundJob, scope: str, *, limit: int = 50):
    """Return what the scope's snapshots said of the job's type, the newest first."""
    query = (
        select(tables.Snapshot.id, tables.Snapshot.as_of, Row.priority, Row.reason)
        .join(Row, Row.snapshot_id == tables.Snapshot.id)
        .where(tables.Snapshot.scope == scope, Row.job_type_id == job.job_type_id)
        .order_by(tables.Snapshot.id.desc()).limit(limit))
    return [PastPriority(snapshot_id, as_of, Priority(priority), reason)
            for snapshot_id, as_of, priority, reason in session.execute(query)]


def caught_regressions(
    session: Session, job: FoundJob, snapshot_id: int
) -> list[CaughtRegression]:
    """Return what the job's type caught of a snapshot's regressions, by fixing revision."""
    caught = session.execute(
        select(Regression.fixed_by, Regression.is_inferred, Regression.caught_by)
        .where(Regression.snapshot_id == snapshot_id,
               literal(job.job_type_id) == any_(Regression.caught_by))
        .order_by(Regression.fixed_by)).all()
    others = {each for row in caught for each in row.caught_by} - {job.job_type_id}
    high = _high_value(session, snapshot_id, others)
    return [CaughtRegression(fixed_by, is_inferred, tuple(sorted(
        high[each] for each in caught_by if each in high)))
        for fixed_by, is_inferred, caught_by in caught]


def _high_value(session: Session, snapshot_id: int, type_ids: set[int]) -> dict[int, JobType]:
    query = (
        select(Kind).join(Row, Row.job_type_id == Kind.id)
        .where(Row.snapshot_id == snapshot_id, Row.priority == Priority.HIGH,
               Kind.id.in_(type_ids)))
    return {row.id: to_job_type(row) for row in session.scalars(query)}
