"""Renames: list, plan, add, end."""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ...curation import renames
from ...domain import DEFAULT_SCOPE, NewFields, Pattern, Rename, StoredRename
from ...store.curation import renames as store
from ..context import context
from .access import writer
from .decisions import GLOB, EndIn, ListIn, end_decision, list_decisions
from .fields import Flag, Json, Model, Name, Sentence, Time

bp = APIBlueprint("renames", __name__, url_prefix="/api/v1", tag="Overrides and renames")
WORD = Field(None, max_length=200, pattern=r"^[A-Za-z0-9_.+-]+$")
SHOWN = 100


class OldIn(Model):
    platform: str | None = GLOB
    build_type: str | None = GLOB
    test_suite: str | None = GLOB


class NewIn(Model):
    platform: str | None = WORD
    build_type: str | None = WORD
    test_suite: str | None = WORD


class RenameIn(Model):
    """Job types that match `old` take the fields of `new`; fields that it leaves out stay."""

    scope: Name = DEFAULT_SCOPE
    old: OldIn
    new: NewIn
    since: Time | None = Field(None, description="From when; null: from now.")
    why: Sentence
    dry_run: Flag = Field(False, description="Store nothing; only show what it would carry over.")


class WordsOut(BaseModel):
    platform: str | None = None
    build_type: str | None = None
    test_suite: str | None = None


class RenameOut(BaseModel):
    id: int | None
    scope: str
    old: WordsOut
    new: WordsOut
    since: datetime
    who: str
    why: str
    created_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    is_active: bool


class CarriedOut(BaseModel):
    old: str
    new: str
    is_known: bool = Field(description="The new job type has been seen already.")


class RenamePlanOut(BaseModel):
    rename: RenameOut
    dry_run: bool
    carried: int = Field(description="Job types whose history is carried over.")
    examples: list[CarriedOut]


class RenamesOut(BaseModel):
    items: list[RenameOut]
    next: str | None


@bp.get("/renames")
@bp.input(ListIn, location="query")
@bp.output(RenamesOut)
def get_renames(query_data: ListIn) -> Json:
    """List renames, the newest first."""
    return list_decisions(store.renames, query_data, _shown)


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
                for each in carried[:SHOWN]]
    return {"rename": _shown(stored, now), "dry_run": json_data.dry_run, "carried": len(carried),
            "examples": examples}


@bp.delete("/renames/<int:rename_id>")
@bp.input(EndIn, location="query")
@bp.output(RenameOut)
@bp.doc(summary="End a rename", security="bearer")
def delete_rename(rename_id: int, query_data: EndIn) -> Json:
    """End a rename now. It stays on record."""
    return end_decision(renames.end_rename, "rename", rename_id, query_data.why, _shown)


def _shown(stored: StoredRename, now: datetime) -> Json:
    rename = stored.rename
    old = {field: getattr(rename.old, field) for field in ("platform", "build_type", "test_suite")}
    return {
        "id": stored.id or None, "scope": stored.scope,
        "old": {field: glob for field, glob in old.items() if glob != "*"},
        "new": rename.new.changes, "since": rename.since, "who": rename.who, "why": rename.why,
        "created_at": stored.created_at, "ended_at": stored.ended_at,
        "ended_by": stored.ended_by, "is_active": stored.is_active(now),
    }
