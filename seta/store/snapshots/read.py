"""Read snapshots back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from ...domain import JobPriority, JobType, Priority, Snapshot
from ...errors import NotFound
from .. import schema
from ..paging import newest_first

Type, Decided = schema.JobType, schema.SnapshotPriority
COLUMNS = (Type.platform, Type.build_type, Type.test_suite, Type.chunk)


def snapshots_of(
    session: Session, scope: str, *, before: int | None = None, limit: int = 100
) -> list[Snapshot]:
    """Return a scope's snapshots without their priorities, the newest first.

    `before` is the last id of the page before.
    """
    query = newest_first(_with_published().where(schema.Snapshot.scope == scope),
                         schema.Snapshot.id, before=before, limit=limit)
    return [_to_snapshot(row, published) for row, published in session.execute(query)]


def snapshot_with_id(
    session: Session, snapshot_id: int, *, with_priorities: bool = True
) -> Snapshot:
    """Return a snapshot; raises NotFound."""
    found = session.execute(
        _with_published().where(schema.Snapshot.id == snapshot_id)).one_or_none()
    if found is None:
        raise NotFound(f"there is no snapshot {snapshot_id}")
    row, published = found
    priorities = _priorities(session, snapshot_id) if with_priorities else ()
    return _to_snapshot(row, published, priorities)


def priorities_of(session: Session, snapshot_id: int) -> dict[JobType, tuple[Priority, str]]:
    """Return each job type's priority and reason, without the rest."""
    query = (_joined(*COLUMNS, Decided.priority, Decided.reason)
             .where(Decided.snapshot_id == snapshot_id))
    return {JobType(*words): (Priority(priority), reason)
            for *words, priority, reason in session.execute(query)}


def priority_of(session: Session, snapshot_id: int, job_type: JobType) -> JobPriority:
    """Return what a snapshot decided on one job type; raises NotFound where it has none."""
    query = _all_of(snapshot_id).where(
        Type.platform == job_type.platform, Type.build_type == job_type.build_type,
        Type.test_suite == job_type.test_suite, Type.chunk == job_type.chunk)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound(f"snapshot {snapshot_id} has no job type {job_type}")
    return _to_priority(found)


def _priorities(session: Session, snapshot_id: int) -> tuple[JobPriority, ...]:
    return tuple(_to_priority(found)
                 for found in session.execute(_all_of(snapshot_id).order_by(*COLUMNS)))


def _all_of(snapshot_id: int) -> Select[*tuple[Any, ...]]:
    return _joined(*COLUMNS, Decided.priority, Decided.reason, Decided.cost, Decided.caught,
                   Decided.certificate).where(Decided.snapshot_id == snapshot_id)


def _joined(*columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).join_from(Decided, Type, Type.id == Decided.job_type_id)


def _to_priority(row: Row[*tuple[Any, ...]]) -> JobPriority:
    *words, priority, reason, cost, caught, certificate = row
    return JobPriority(JobType(*words), Priority(priority), reason, cost, caught, certificate)


def _with_published() -> Select[schema.Snapshot, int | None]:
    return (select(schema.Snapshot, schema.Scope.published_snapshot_id)
            .join(schema.Scope, schema.Scope.name == schema.Snapshot.scope))


def _to_snapshot(
    row: schema.Snapshot, published_id: int | None, priorities: tuple[JobPriority, ...] = ()
) -> Snapshot:
    return Snapshot(
        scope=row.scope, as_of=row.as_of, inputs=row.inputs, unit=row.unit,
        objective=row.objective, lower_bound=row.lower_bound, gap=row.gap, status=row.status,
        regressions=row.regressions, uncoverable=tuple(row.uncoverable),
        given_up=tuple(row.given_up), comparison=row.comparison, priorities=priorities,
        id=row.id, created_at=row.created_at, held_because=row.held_because,
        is_published=row.id == published_id)


@dataclass(frozen=True, slots=True)
class DriftReference:
    """A live snapshot's figures for the alarm on drift, and what it was an alarm against."""

    id: int
    as_of: datetime
    inputs: dict[str, Any]
    figures: dict[str, Any]
    against: int | None


def drift_reference(
    session: Session, scope: str, *, before: datetime, is_oldest: bool = False
) -> DriftReference | None:
    """Return the newest snapshot of a scope, or the oldest, of those as of `before` or earlier.

    Of those with figures: all that were made of the present. None where there is none.
    """
    row = schema.Snapshot
    order = (row.as_of, row.id) if is_oldest else (row.as_of.desc(), row.id.desc())
    return _reference(session.execute(
        _references().where(row.scope == scope, row.as_of <= before)
        .order_by(*order).limit(1)).one_or_none())


def drift_reference_with_id(session: Session, snapshot_id: int) -> DriftReference | None:
    return _reference(session.execute(
        _references().where(schema.Snapshot.id == snapshot_id)).one_or_none())


def _references() -> Select[int, datetime, dict[str, Any]]:
    row = schema.Snapshot
    return select(row.id, row.as_of, row.inputs).where(row.inputs.has_key("drift"))


def _reference(found: Row[int, datetime, dict[str, Any]] | None) -> DriftReference | None:
    if found is None:
        return None
    figures = dict(found.inputs["drift"])
    against = figures.pop("against")
    return DriftReference(found.id, found.as_of, found.inputs, figures, against)
