"""Overrides: list, plan, create, end."""

from datetime import datetime
from typing import Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ...curation import override_entries, overrides
from ...domain import DEFAULT_SCOPE, Override
from ...store.curation import overrides as store
from ..context import context
from . import lookups
from .access import writer
from .paging import Page, id_cursor, page_of
from .types import BuildSystem, Flag, JobName, Model, Name, Sentence, Text, Time

bp = APIBlueprint("overrides", __name__, url_prefix="/api/v1", tag="Overrides and renames")
GLOB = Field(None, max_length=200, pattern=r"^[A-Za-z0-9_.+*?!\[\]-]+$")


class OverrideIn(Model):
    """What it picks (globs, or one full name), how often that runs, why and until when."""

    platform: str | None = GLOB
    build_type: str | None = GLOB
    test_suite: str | None = GLOB
    name: JobName | None = Field(None, description="A full name, instead of the globs.")
    build_system: BuildSystem | None = None
    priority: Literal[1, 2, 3] | None = Field(None, description="Or `never_skip`.")
    never_skip: Literal[True] | None = None
    reason: Sentence
    expires: Time | None = Field(None, description="Null is never.")


class OverridesIn(Model):
    scope: Name = DEFAULT_SCOPE
    overrides: list[OverrideIn] = Field(max_length=1000)
    dry_run: Flag = Field(False, description="Only say what they would pick.")


class ListIn(Page):
    scope: Name | None = None
    active: Literal["0", "1"] = Field("0", description="1: only those that hold now.")


class EndIn(Model):
    why: Text = ""


class OverrideOut(BaseModel):
    id: int | None
    scope: str
    platform: str
    build_type: str
    test_suite: str
    name: str | None
    build_system: str | None
    priority: int | None = Field(description="Null: never skipped.")
    reason: str
    who: str
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    is_active: bool


class PlannedOut(BaseModel):
    override: OverrideOut
    is_new: bool
    matched: int = Field(description="Jobs alive now that it picks; 0 is worth a look.")
    examples: list[str]


class AppliedOut(BaseModel):
    overrides: list[PlannedOut]
    dry_run: bool


class OverridesOut(BaseModel):
    items: list[OverrideOut]
    next: str | None


@bp.get("/overrides")
@bp.input(ListIn, location="query")
@bp.output(OverridesOut)
def get_overrides(query_data: ListIn):
    """List overrides, the newest first."""
    at = context().clock()
    with context().sessions() as session:
        return page_of(
            lambda before, limit: store.overrides(
                session, query_data.scope, before=id_cursor(before), limit=limit,
                active_at=at if query_data.active == "1" else None),
            query_data, key=lambda each: each.id, show=lambda each: shown(each, at))


@bp.post("/overrides")
@bp.input(OverridesIn)
@bp.output(AppliedOut)
@bp.doc(summary="Add overrides, or see what they would pick", security="bearer")
def post_overrides(json_data: OverridesIn):
    """Add all of them, or none where one is wrong; what is active already stays as it is.

    The answer says what each picks of the jobs that are alive now. One that picks nothing may do
    so later: overrides hold for future jobs too.
    """
    at, scope = context().clock(), json_data.scope
    entries = [each.model_dump(exclude_none=True) for each in json_data.overrides]
    wanted = override_entries.read_entries(entries, scope=scope, who=writer(), now=at)
    with context().sessions.begin() as session:
        if json_data.dry_run:
            planned = overrides.plan_overrides(session, wanted, scope=scope, now=at)
        else:
            planned = overrides.apply_overrides(session, wanted, scope=scope, who=writer(),
                                                now=at)
    return {"dry_run": json_data.dry_run, "overrides": [
        {"override": shown(each.override, at), "is_new": each.is_new, "matched": each.matched,
         "examples": each.examples} for each in planned]}


@bp.get("/overrides/<int:override_id>")
@bp.output(OverrideOut)
def get_override(override_id: int):
    """Show one override."""
    with context().sessions() as session:
        found = store.override_with_id(session, lookups.stored_id("override", override_id))
    return shown(found, context().clock())


@bp.delete("/overrides/<int:override_id>")
@bp.input(EndIn, location="query")
@bp.output(OverrideOut)
@bp.doc(summary="End an override", security="bearer")
def delete_override(override_id: int, query_data: EndIn):
    """Let an override hold no longer from now on. It stays on record."""
    with context().sessions.begin() as session:
        ended = overrides.end_override(
            session, lookups.stored_id("override", override_id), who=writer(),
            why=query_data.why, now=context().clock())
    return shown(ended, context().clock())


def shown(override: Override, at: datetime) -> dict:
    pattern = override.pattern
    return {
        "id": override.id or None, "scope": override.scope, "platform": pattern.platform,
        "build_type": pattern.build_type, "test_suite": pattern.test_suite,
        "name": pattern.name, "build_system": override.build_system,
        "priority": override.priority, "reason": override.reason, "who": override.who,
        "created_at": override.created_at, "expires_at": override.expires_at,
        "ended_at": override.ended_at, "ended_by": override.ended_by,
        "is_active": override.is_active(at),
    }
