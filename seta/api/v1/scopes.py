"""Scopes: list, show, analyze, roll back, release."""

from datetime import datetime
from typing import Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from ...curation.scopes import change_scope
from ...domain import Scope
from ...errors import BadInput
from ...publish import analyze, release, roll_back
from ...store import snapshots
from ...store.curation import projects
from ..context import context
from . import lookups
from .access import writer
from .fields import Budget, ChangePrice, Flag, Json, Model, Redundancy, Text, Time, WindowDays
from .snapshots import SnapshotOut, WhyIn, snapshot_to_json

bp = APIBlueprint("scopes", __name__, url_prefix="/api/v1", tag="Snapshots")


class AnalyzeIn(Model):
    as_of: Time | None = Field(
        None, description="Decide as of a past moment, from what was known then.")
    dry_run: Flag = Field(False, description="Store and publish nothing.")
    compare: Flag = Field(False, description="Also compare with the algorithm of earlier SETAs.")


class ScopeIn(Model):
    """What to change; fields that are left out stay as they are."""

    redundancy: Redundancy | None = Field(
        None, description="How many chosen job types each regression keeps, where that many "
                          "can.")
    window_days: WindowDays | None = None
    budget: Budget | None = Field(
        None, description="Machine time of the chosen jobs, as a multiple of the cheapest "
                          "cover's.")
    objective: Literal["cover", "expected"] | None = Field(
        None, description="cover: every regression of the window keeps a witness; expected: what "
                          "is expected to catch most for the same machine time.")
    change_price: ChangePrice | None = Field(
        None, description="How many times its cost a job type must be worth to be chosen in place "
                          "of those that the published set has; 1: off.")
    why: Text = ""


class ReleaseIn(Model):
    why: Text = ""


class ScopeOut(BaseModel):
    name: str
    title: str
    description: str
    is_archived: bool
    redundancy: int
    window_days: int
    budget: float
    change_price: float
    objective: str
    projects: list[str]
    published_snapshot: int | None
    stopped_at: datetime | None = Field(
        description="Since when automatic publication is stopped; null: it is not.")
    stopped_by: str | None
    stopped_why: str | None


class ScopesOut(BaseModel):
    items: list[ScopeOut]


@bp.get("/scopes")
@bp.output(ScopesOut)
def get_scopes() -> Json:
    """List all scopes by name."""
    with context().sessions() as session:
        return {"items": [_to_json(session, scope) for scope in projects.scopes(session)]}


@bp.get("/scopes/<scope>")
@bp.output(ScopeOut)
def get_scope(scope: str) -> Json:
    """Show one scope."""
    with context().sessions() as session:
        return _to_json(session, lookups.scope_named(session, scope))


@bp.patch("/scopes/<scope>")
@bp.input(ScopeIn)
@bp.output(ScopeOut)
@bp.doc(summary="Change how a scope decides", security="bearer")
def patch_scope(scope: str, json_data: ScopeIn) -> Json:
    """Change how a scope decides, from its next analysis on. The audit log records it."""
    with context().sessions.begin() as session:
        lookups.scope_named(session, scope)
        changed = change_scope(
            session, scope, json_data.model_dump(exclude_none=True, exclude={"why"}),
            who=writer(), why=json_data.why)
        return _to_json(session, changed)


@bp.post("/scopes/<scope>/analyze")
@bp.input(AnalyzeIn)
@bp.output(SnapshotOut)
@bp.doc(summary="Analyze a scope now", security="bearer")
def post_analyze(scope: str, json_data: AnalyzeIn) -> Json:
    """Make a snapshot and publish it, unless the guard holds it back; `held_because` says why.

    The call takes as long as the analysis: seconds, or minutes up to the solver's limit.
    """
    now = context().clock()
    if json_data.as_of is not None and json_data.as_of > now:
        raise BadInput(f"as_of {json_data.as_of.isoformat()} is in the future")
    with context().sessions() as session:
        lookups.scope_named(session, scope)
    with context().long_work() as sessions:
        return snapshot_to_json(analyze(
            sessions, scope, now=now, settings=context().settings, as_of=json_data.as_of,
            dry_run=json_data.dry_run, compare=json_data.compare))


@bp.post("/scopes/<scope>/roll-back")
@bp.input(WhyIn)
@bp.output(SnapshotOut)
@bp.doc(summary="Roll back to the previous snapshot", security="bearer")
def post_roll_back(scope: str, json_data: WhyIn) -> Json:
    """Publish the previous snapshot again; automatic publication stops until you release it."""
    with context().sessions() as session:
        lookups.scope_named(session, scope)
    return snapshot_to_json(roll_back(
        context().sessions, scope, who=writer(), why=json_data.why, now=context().clock()))


@bp.post("/scopes/<scope>/release")
@bp.input(ReleaseIn)
@bp.output(ScopeOut)
@bp.doc(summary="Resume automatic publication", security="bearer")
def post_release(scope: str, json_data: ReleaseIn) -> Json:
    """End the stop that a publication or a rollback by hand caused."""
    with context().sessions() as session:
        lookups.scope_named(session, scope)
    release(context().sessions, scope, who=writer(), why=json_data.why)
    with context().sessions() as session:
        return _to_json(session, lookups.scope_named(session, scope))


def _to_json(session: Session, scope: Scope) -> Json:
    state = snapshots.publication_state(session, scope.name)
    return {
        "name": scope.name, "title": scope.title, "description": scope.description,
        "is_archived": scope.is_archived, "redundancy": scope.redundancy,
        "window_days": scope.window_days, "budget": scope.budget, "objective": scope.objective,
        "change_price": scope.change_price,
        "projects": [project.name for project in projects.projects(session, scope.name)],
        "published_snapshot": state.snapshot_id, "stopped_at": state.stopped_at,
        "stopped_by": state.stopped_by, "stopped_why": state.stopped_why,
    }
