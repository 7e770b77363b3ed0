"""What is served: a light query for what may have changed, a heavy one for a snapshot."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...domain import JobType, Priority
from .. import schema

Watermark, List = schema.Watermark, schema.SnapshotList


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """A project, what is published for it, and how fresh its data is."""

    project: str
    scope: str
    build_systems: tuple[str, ...]
    is_integration: bool
    is_killed: bool
    is_archived: bool
    snapshot_id: int | None
    as_of: datetime | None
    created_at: datetime | None
    source: str                      # what feeds it
    succeeded_at: datetime | None    # the last successful, whole run of that source


@dataclass(frozen=True, slots=True)
class PublishedLists:
    """The names of one snapshot: (project, build system) -> priority -> (names, job type ids)."""

    names: dict[tuple[str, str], dict[Priority, tuple[tuple[str, ...], tuple[int, ...]]]]
    job_types: dict[int, JobType]


def project_facts(session: Session) -> dict[str, ProjectFacts]:
    """Return what is published for each project, by project. One light query."""
    project, scope, snapshot = schema.Project, schema.Scope, schema.Snapshot
    succeeded_at = (select(Watermark.succeeded_at)
                    .where(Watermark.project == project.name, Watermark.source == project.source)
                    .scalar_subquery()
                    .label("succeeded_at"))
    query = (
        select(project.name, project.scope, project.build_systems, project.is_integration,
               project.is_killed, scope.is_archived, snapshot.id, snapshot.as_of,
               snapshot.created_at, project.source, succeeded_at)
        .join(scope, scope.name == project.scope)
        .outerjoin(snapshot, snapshot.id == scope.published_snapshot_id)
        .order_by(project.name)
    )
    return {row.name: ProjectFacts(
        row.name, row.scope, tuple(row.build_systems), row.is_integration, row.is_killed,
        row.is_archived, row.id, row.as_of, row.created_at, row.source, row.succeeded_at)
        for row in session.execute(query)}


def published_lists(session: Session, snapshot_id: int) -> PublishedLists:
    """Return all names of a snapshot, and the job types that they mean. Two queries.

    Each text and each number is kept once: projects share most of their names. Rows come one by
    one, since a single one may have ten thousand names.
    """
    shared: dict[Any, Any] = {}
    job_types = _job_types(session, snapshot_id, shared)
    names: dict[tuple[str, str], dict[Priority, tuple[tuple[str, ...], tuple[int, ...]]]] = {}
    query = (select(List.project, List.build_system, List.priority, List.names, List.job_type_ids)
             .where(List.snapshot_id == snapshot_id))
    for row in session.execute(query, execution_options={"yield_per": 1}):
        priorities = names.setdefault((row.project, row.build_system), {})
        priorities[Priority(row.priority)] = (
            tuple(shared.setdefault(name, name) for name in row.names),
            tuple(shared.setdefault(number, number) for number in row.job_type_ids))
    return PublishedLists(names, job_types)


def _job_types(
    session: Session, snapshot_id: int, shared: dict[Any, Any]
) -> dict[int, JobType]:
    Type, priority = schema.JobType, schema.SnapshotPriority
    query = (select(Type.id, Type.platform, Type.build_type, Type.test_suite, Type.chunk)
             .join(priority, priority.job_type_id == Type.id)
             .where(priority.snapshot_id == snapshot_id))
    found = {}
    for number, *parts in session.execute(query, execution_options={"yield_per": 1000}):
        found[shared.setdefault(number, number)] = JobType(
            *(shared.setdefault(part, part) for part in parts))
    return found
