"""The wire of snapshots."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from ...domain import Snapshot


class SnapshotOut(BaseModel):
    id: int | None = Field(description="Null: a dry run.")
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
    inputs: dict
    comparison: dict


class SnapshotsOut(BaseModel):
    items: list[SnapshotOut]
    next: str | None


def snapshot_shown(snapshot: Snapshot) -> dict:
    return {field: getattr(snapshot, field) for field in SnapshotOut.model_fields}
