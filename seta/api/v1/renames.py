"""Renames: list, plan, add, end."""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ...curation import renames
from ...domain import DEFAULT_SCOPE, NewFields, Pattern, Rename, StoredRename
from ...store.curation import renames as store
from ..context import context
from .access import writer
from .entries import GLOB, EndIn, ListIn, end_entry, list_entries
from .fields import Flag, Json, Model, Name, Sentence, Time

bp = APIBlueprint("renames", __name__, url_prefix="/api/v1", tag="Overrides and renames")
NAME_PART = Field(None, max_length=200, pattern=r"^[A-Za-z0-9_.+-]+$")
MAX_EXAMPLES = 100


class OldIn(Model):
    platform: str | None = GLOB
    build_type: str | None = GLOB
    test_suite: str | None = GLOB


class NewIn(Model):
    platform: str | None = NAME_PART
    build_type: str | None = NAME_PART
    test_suite: str | None = NAME_PART


class RenameIn(Model):
    """Job types that match `old` take the fields of `new`; fields that it leaves out stay."""

    scope: Name = DEFAULT_SCOPE
    old: OldIn
    new: NewIn
    since: Time | None = Field(None, description="From when; null: from now.")
    why: Sentence
    dry_run: Flag = Field(False, description="Store nothing; only show what it would carry over.")


class JobTypeFieldsOut(BaseModel):
    platform: str | None = None
    build_type: str | None = None
    test_suite: str | None = None


class RenameOut(BaseModel):
    id: int | None
    scope: str
    old: JobTypeFieldsOut
    new: JobTypeFieldsOut
    since: datetime
    who: str
    why: str
    created_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    is_active: bool


class CarriedJobTypeOut(BaseModel):
    old: str
    new: str
    is_known: bool = Field(description="The new job type has been seen already.")


class RenamePlanOut(BaseModel):
    rename: RenameOut
    dry_run: bool
    carried: int = Field(description="Job types whose history is carried over.")
    examples: list[CarriedJobTypeOut]


class RenamesOut(BaseModel):
    items: list[RenameOut]
    next: str | None


@bp.get("/renames")
@bp.input(ListIn, location="query")
@bp.output(RenamesOut)
def get_renames(query_data: ListIn) -> Json:
    """List renames, the newest first."""
    return list_entries(store.renames, query_data, _to_json)


@bp.post("/renames")
@bp.input(RenameIn)
@bp.output(RenamePlanOut)
@bp.doc(summary="Add a rename, or see what it would carry over", security="bearer")
def post_rename(json_data: RenameIn) -> Json:
    """Continue the history of job types under their new name.

    A rename that would form a cycle with another is refused.
    """
    now, scope = context().clock(), json_data.scope
    rename = Rename(
        Pattern(**json_data.old.model_dump(exclude_none=True)),
        NewFields(**json_data.new.model_dump(exclude_none=True)), json_data.since or now, writer(),
        json_data.why)
    with context().sessions.begin() as session:
        if json_data.dry_run:
            stored = StoredRename(scope, rename, now)
            carried = renames.plan_rename(session, scope, rename, now=now)
        else:
            stored, carried = renames.add_rename(session, scope, rename, now=now)
    examples = [{"old": str(each.old), "new": str(each.new), "is_known": each.is_known}
                for each in carried[:MAX_EXAMPLES]]
    return {"rename": _to_json(stored, now), "dry_run": json_data.dry_run, "carried": len(carried),
            "examples": examples}


@bp.delete("/renames/<int:rename_id>")
@bp.input(EndIn, location="query")
@bp.output(RenameOut)
@bp.doc(summary="End a rename", security="bearer")
def delete_rename(rename_id: int, query_data: EndIn) -> Json:
    """End a rename now. It stays on record."""
    return end_entry(renames.end_rename, "rename", rename_id, query_data.why, _to_json)


def _to_json(stored: StoredRename, now: datetime) -> Json:
    rename = stored.rename
    old = {field: getattr(rename.old, field) for field in ("platform", "build_type", "test_suite")}
    return {
        "id": stored.id or None, "scope": stored.scope,
        "old": {field: glob for field, glob in old.items() if glob != "*"},
        "new": rename.new.changes, "since": rename.since, "who": rename.who, "why": rename.why,
        "created_at": stored.created_at, "ended_at": stored.ended_at,
        "ended_by": stored.ended_by, "is_active": stored.is_active(now),
    }
