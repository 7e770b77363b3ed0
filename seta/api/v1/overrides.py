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
from .entries import GLOB, EndIn, ListIn, end_entry, list_entries
from .fields import BuildSystemName, Flag, JobName, Json, Model, Name, Sentence, Time

bp = APIBlueprint("overrides", __name__, url_prefix="/api/v1", tag="Overrides and renames")


class OverrideIn(Model):
    """Which jobs it matches (globs, or one full name), how often they run, why and until when."""

    platform: str | None = GLOB
    build_type: str | None = GLOB
    test_suite: str | None = GLOB
    name: JobName | None = Field(None, description="A full name, instead of globs.")
    build_system: BuildSystemName | None = None
    priority: Literal[1, 2, 3] | None = Field(None, description="This, or `never_skip`.")
    never_skip: Literal[True] | None = None
    reason: Sentence
    expires: Time | None = Field(None, description="Null: never.")


class OverridesIn(Model):
    scope: Name = DEFAULT_SCOPE
    overrides: list[OverrideIn] = Field(max_length=1000)
    dry_run: Flag = Field(False, description="Store nothing; only show what they would match.")


class OverrideOut(BaseModel):
    id: int | None
    scope: str
    platform: str
    build_type: str
    test_suite: str
    name: str | None
    build_system: str | None
    priority: int | None = Field(description="Null: never skip.")
    reason: str
    who: str
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    is_active: bool


class OverridePlanOut(BaseModel):
    override: OverrideOut
    is_new: bool
    matched: int = Field(description="How many jobs alive now it matches; 0 is worth a look.")
    examples: list[str]


class OverridePlansOut(BaseModel):
    overrides: list[OverridePlanOut]
    dry_run: bool


class OverridesOut(BaseModel):
    items: list[OverrideOut]
    next: str | None


@bp.get("/overrides")
@bp.input(ListIn, location="query")
@bp.output(OverridesOut)
def get_overrides(query_data: ListIn) -> Json:
    """List overrides, the newest first."""
    return list_entries(store.overrides, query_data, override_to_json)


@bp.post("/overrides")
@bp.input(OverridesIn)
@bp.output(OverridePlansOut)
@bp.doc(summary="Add overrides, or see what they would match", security="bearer")
def post_overrides(json_data: OverridesIn) -> Json:
    """Add all of them, or none if one is wrong; an override that is already active stays as it is.

    The answer says which of the jobs alive now each one matches. One that matches nothing may
    match later: overrides apply to future jobs as well.
    """
    now, scope = context().clock(), json_data.scope
    entries = [each.model_dump(exclude_none=True) for each in json_data.overrides]
    wanted = override_entries.read_entries(entries, scope=scope, who=writer(), now=now)
    with context().sessions.begin() as session:
        if json_data.dry_run:
            planned = overrides.plan_overrides(session, wanted, scope=scope, now=now)
        else:
            planned = overrides.apply_overrides(session, wanted, scope=scope, who=writer(),
                                                now=now)
    return {"dry_run": json_data.dry_run, "overrides": [
        {"override": override_to_json(each.override, now), "is_new": each.is_new,
         "matched": each.matched, "examples": each.examples} for each in planned]}


@bp.get("/overrides/<int:override_id>")
@bp.output(OverrideOut)
def get_override(override_id: int) -> Json:
    """Show one override."""
    with context().sessions() as session:
        found = store.override_with_id(session, lookups.stored_id("override", override_id))
    return override_to_json(found, context().clock())


@bp.delete("/overrides/<int:override_id>")
@bp.input(EndIn, location="query")
@bp.output(OverrideOut)
@bp.doc(summary="End an override", security="bearer")
def delete_override(override_id: int, query_data: EndIn) -> Json:
    """End an override now. It stays on record."""
    return end_entry(
        overrides.end_override, "override", override_id, query_data.why, override_to_json)


def override_to_json(override: Override, now: datetime) -> Json:
    pattern = override.pattern
    return {
        "id": override.id or None, "scope": override.scope, "platform": pattern.platform,
        "build_type": pattern.build_type, "test_suite": pattern.test_suite,
        "name": pattern.name, "build_system": override.build_system,
        "priority": override.priority, "reason": override.reason, "who": override.who,
        "created_at": override.created_at, "expires_at": override.expires_at,
        "ended_at": override.ended_at, "ended_by": override.ended_by,
        "is_active": override.is_active(now),
    }
