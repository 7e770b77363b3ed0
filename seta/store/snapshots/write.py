"""Store a snapshot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ...domain import JobType, Priority, Snapshot, Witnesses
from .. import schema

FACTS = ("scope", "as_of", "created_at", "inputs", "unit", "objective", "lower_bound", "gap",
         "status", "regressions", "comparison", "held_because")


@dataclass(frozen=True, slots=True)
class NameList:
    """The names of one priority on one project and build system."""

    project: str
    build_system: str
    priority: Priority
    names: tuple[str, ...]           # sorted
    job_type_ids: tuple[int, ...]    # beside the names


def add_snapshot(
    session: Session, snapshot: Snapshot, *, type_ids: Mapping[JobType, int],
    regressions: Iterable[Witnesses], lists: Iterable[NameList],
) -> Snapshot:
    """Store a snapshot with the regressions it was decided on and its lists; return it with id."""
    row = schema.Snapshot(
        **{fact: getattr(snapshot, fact) for fact in FACTS},
        uncoverable=list(snapshot.uncoverable), given_up=list(snapshot.given_up))
    session.add(row)
    session.flush()
    _add(session, schema.SnapshotPriority, [{
        "snapshot_id": row.id, "job_type_id": type_ids[each.job_type],
        "priority": int(each.priority), "reason": each.reason, "cost": each.cost,
        "caught": each.caught, "certificate": each.certificate,
    } for each in snapshot.priorities])
    _add(session, schema.SnapshotRegression, [{
        "snapshot_id": row.id, "fixed_by": each.fixed_by, "is_inferred": each.is_inferred,
        "caught_by": sorted(each.caught_by.values()),
    } for each in regressions])
    _add(session, schema.SnapshotList, [{
        "snapshot_id": row.id, "project": each.project, "build_system": each.build_system,
        "priority": int(each.priority), "names": list(each.names),
        "job_type_ids": list(each.job_type_ids),
    } for each in lists])
    return replace(snapshot, id=row.id)


def _add(session: Session, table: type[schema.Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table), rows)
