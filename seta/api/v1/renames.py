"""Renames: list, plan, add, end."""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ...curation import renames
from ...domain import DEFAULT_SCOPE, NewWords, Pattern, Rename, StoredRename
from ...store.curation import renames as store
from ..context import context
from . import lookups
from .access import writer
from .overrides import GLOB, EndIn, ListIn
from .paging import id_cursor, page_of
from .types import Flag, Model, Name, Sentence, Time

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
    """Job types that match `old` are known by the words of `new`; the others stay."""

    scope: Name = DEFAULT_SCOPE
    old: OldIn
    new: NewIn
    since: Time | None = Field(None, description="From when; null is now.")
    why: Sentence
    dry_run: Flag = Field(False, description="Only say what it would carry over.")


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
    is_known: bool = Field(description="Somebody has seen the new one already.")


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
def get_renames(query_data: ListIn):
    """List renames, the newest first."""
    at = context().clock()
    with context().sessions() as session:
        return page_of(
            lambda before, limit: store.renames(
                session, query_data.scope, before=id_cursor(before), limit=limit,
                active_at=at if query_data.active == "1" else None),
            query_data, key=lambda each: each.id, show=lambda each: _shown(each, at))


@bp.post("/renames")
@bp.input(RenameIn)
@bp.output(RenamePlanOut)
@bp.doc(summary="Add a rename, or see what it would carry over", security="bearer")
def post_rename(json_data: RenameIn):
    """Read the history of job types under their new name.

    One that would go round in a circle with another is refused.
    """
    at, scope = context().clock(), json_data.scope
    rename = Rename(
        Pattern(**json_data.old.model_dump(exclude_none=True)),
        NewWords(**json_data.new.model_dump(exclude_none=True)), json_data.since or at, writer(),
        json_data.why)
    with context().sessions.begin() as session:
        if json_data.dry_run:
            stored = StoredRename(scope, rename, at)
            carried = renames.plan_rename(session, scope, rename, now=at)
        else:
            stored, carried = renames.add_rename(session, scope, rename, now=at)
    examples = [{"old": str(each.old), "new": str(each.new), "is_known": each.is_known}
                for each in carried[:SHOWN]]
    return {"rename": _shown(stored, at), "dry_run": json_data.dry_run, "carried": len(carried),
            "examples": examples}


@bp.delete("/renames/<int:rename_id>")
@bp.input(EndIn, location="query")
@bp.output(RenameOut)
@bp.doc(summary="End a rename", security="bearer")
def delete_rename(rename_id: int, query_data: EndIn):
    """Believe a rename no longer from now on. It stays on record."""
    with context().sessions.begin() as session:
        ended = renames.end_rename(
            session, lookups.stored_id("rename", rename_id), who=writer(), why=query_data.why,
            now=context().clock())
    return _shown(ended, context().clock())


def _shown(stored: StoredRename, at: datetime) -> dict:
    rename = stored.rename
    old = {field: getattr(rename.old, field) for field in ("platform", "build_type", "test_suite")}
    return {
        "id": stored.id or None, "scope": stored.scope,
        "old": {field: glob for field, glob in old.items() if glob != "*"},
        "new": rename.new.given, "since": rename.since, "who": rename.who, "why": rename.why,
        "created_at": stored.created_at, "ended_at": stored.ended_at,
        "ended_by": stored.ended_by, "is_active": stored.is_active(at),
    }
