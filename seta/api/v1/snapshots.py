"""Snapshots: list, show, compare, publish by hand."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, TypeVar

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from ...domain import DEFAULT_SCOPE, JobPriority, PriorityChange, Snapshot
from ...proof.savings import savings_of
from ...publish import diff, publish
from ...store import snapshots
from ..context import context
from . import lookups
from .access import writer
from .fields import Json, Model, Name, QueryNumber, Sentence
from .paging import Page, id_cursor, page_of
from .savings import SavingsOut

bp = APIBlueprint("snapshots", __name__, url_prefix="/api/v1", tag="Snapshots")
Row = TypeVar("Row")


class SnapshotOut(BaseModel):
    id: int | None = Field(description="Null for a dry run.")
    scope: str
    as_of: datetime
    created_at: datetime | None
    is_published: bool
    held_because: str | None
    unit: Literal["ms", "jobs"]
    objective: int
    lower_bound: float
    gap: float
    status: Literal["optimal", "limit"]
    regressions: int
    uncoverable: list[str]
    given_up: list[str]
    inputs: Json
    comparison: Json


class SnapshotsOut(BaseModel):
    items: list[SnapshotOut]
    next: str | None


def snapshot_to_json(snapshot: Snapshot) -> Json:
    return {field: getattr(snapshot, field) for field in SnapshotOut.model_fields}


class ListIn(Page):
    scope: Name = DEFAULT_SCOPE


class DiffIn(Page):
    from_: QueryNumber = Field(alias="from")
    to: QueryNumber


class WhyIn(Model):
    why: Sentence = Field(examples=["the change is intended: a new test suite"])


class PriorityOut(BaseModel):
    job_type: str
    priority: int
    reason: str
    cost: int
    caught: int
    certificate: Json


class PrioritiesOut(BaseModel):
    items: list[PriorityOut]
    next: str | None


class SnapshotSavingsOut(BaseModel):
    unit: Literal["ms", "jobs"]
    items: list[SavingsOut]


class ChangeOut(BaseModel):
    job_type: str
    before: int | None
    after: int | None
    reason_before: str | None
    reason_after: str | None


class DiffOut(BaseModel):
    items: list[ChangeOut]
    next: str | None


@bp.get("/snapshots")
@bp.input(ListIn, location="query")
@bp.output(SnapshotsOut)
def get_snapshots(query_data: ListIn) -> Json:
    """List a scope's snapshots, the newest first, including those held back."""
    with context().sessions() as session:
        scope = lookups.scope_named(session, query_data.scope)
        return page_of(
            lambda before, limit: snapshots.snapshots_of(
                session, scope.name, before=id_cursor(before), limit=limit),
            query_data, key=lambda each: each.id, show=snapshot_to_json)


@bp.get("/snapshots/<int:snapshot_id>")
@bp.output(SnapshotOut)
def get_snapshot(snapshot_id: int) -> Json:
    """Show one snapshot: its inputs, objective, bound and status."""
    with context().sessions() as session:
        return snapshot_to_json(_snapshot(session, snapshot_id))


@bp.get("/snapshots/<int:snapshot_id>/priorities")
@bp.input(Page, location="query")
@bp.output(PrioritiesOut)
def get_priorities(snapshot_id: int, query_data: Page) -> Json:
    """List the priority of each job type in a snapshot, with its certificate."""
    with context().sessions() as session:
        _snapshot(session, snapshot_id)
        found = snapshots.snapshot_with_id(session, snapshot_id).priorities
    return _numbered_page(found, query_data, _priority_to_json)


@bp.get("/snapshots/<int:snapshot_id>/savings")
@bp.output(SnapshotSavingsOut)
def get_savings(snapshot_id: int) -> Json:
    """Say what a push costs on each project with this snapshot, and what that saves.

    Costs are milliseconds of machine time, or jobs where no duration is known; and money where
    SETA_PRICE is set. `net_saved` is what is saved when backfills are paid for.
    """
    with context().sessions() as session:
        snapshot = _snapshot(session, snapshot_id)
        return {"unit": snapshot.unit,
                "items": [each.to_json() for each in savings_of(
                    session, snapshot, prices=context().settings.prices)]}


@bp.get("/snapshots/diff")
@bp.input(DiffIn, location="query")
@bp.output(DiffOut)
@bp.doc(summary="Compare two snapshots")
def get_diff(query_data: DiffIn) -> Json:
    """List the job types whose priority differs between two snapshots of one scope."""
    with context().sessions() as session:
        changes = diff(session, query_data.from_, query_data.to)
    return _numbered_page(changes, query_data, _change_to_json)


@bp.post("/snapshots/<int:snapshot_id>/publish")
@bp.input(WhyIn)
@bp.output(SnapshotOut)
@bp.doc(summary="Publish a snapshot by hand", security="bearer")
def post_publish(snapshot_id: int, json_data: WhyIn) -> Json:
    """Serve this snapshot to clients, even if the guard held it back.

    Automatic publication in its scope stops until you release it.
    """
    return snapshot_to_json(publish(
        context().sessions, lookups.stored_id("snapshot", snapshot_id), who=writer(),
        why=json_data.why, now=context().clock()))


def _snapshot(session: Session, snapshot_id: int) -> Snapshot:
    return snapshots.snapshot_with_id(
        session, lookups.stored_id("snapshot", snapshot_id), with_priorities=False)


def _numbered_page(found: Iterable[Row], query: Page, show: Callable[[Row], Json]) -> Json:
    """Return a page of a list that never changes, so a row's number serves as its key."""
    numbered = list(enumerate(found, 1))
    return page_of(
        lambda after, limit: numbered[id_cursor(after) or 0:][:limit], query,
        key=lambda row: row[0], show=lambda row: show(row[1]))


def _priority_to_json(found: JobPriority) -> Json:
    return {"job_type": str(found.job_type), "priority": found.priority,
            "reason": found.reason, "cost": found.cost, "caught": found.caught,
            "certificate": found.certificate}


def _change_to_json(change: PriorityChange) -> Json:
    return {"job_type": str(change.job_type), "before": change.before, "after": change.after,
            "reason_before": change.reason_before, "reason_after": change.reason_after}
