"""Projects: list, show, add, change."""

from dataclasses import asdict, replace
from typing import Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ...curation import projects
from ...domain import DEFAULT_SCOPE, INTERVALS, Interval, Project
from ...proof.savings import published_savings
from ...store.curation import projects as store
from ..context import context
from . import lookups
from .access import writer
from .fields import BuildSystemName, Count, FailedPushes, Flag, Json, Model, Name, Sentence, Text
from .paging import Key, Page, name_cursor, page_of
from .savings import ProjectSavingsOut

bp = APIBlueprint("projects", __name__, url_prefix="/api/v1", tag="Projects")
DEFAULT = Project("default")


class IntervalIn(Model):
    """Due after this many pushes or minutes, whichever comes first."""

    pushes: Count
    minutes: Count


class CadenceIn(Model):
    """How often low-value jobs run; fields that are left out stay as they are."""

    priority_2: IntervalIn | None = None
    priority_3: IntervalIn | None = None
    backstop: IntervalIn | None = None
    is_staggered: Flag | None = Field(
        None, description="True: each low-value job has its own turn, spread over the pushes of "
                          "its interval. False: all of a priority run on the same push.")


class ChangesIn(Model):
    """What to change; fields that are left out stay as they are."""

    scope: Name | None = None
    build_systems: list[BuildSystemName] | None = Field(
        None, min_length=1, max_length=20, json_schema_extra={"uniqueItems": True})
    is_integration: Flag | None = Field(None, description="False: everything always runs.")
    is_killed: Flag | None = Field(None, description="The kill switch; true: everything runs.")
    cadence: CadenceIn | None = None
    infer_regressions: Flag | None = None
    infer_after: FailedPushes | None = Field(
        None, description="How many pushes in a row must fail before a regression is inferred.")
    open_scheduling: Flag | None = Field(
        None, description="True: the schedule call needs no token.")
    source: Literal["activedata", "treeherder", "files"] | None = Field(
        None, description="Where its results come from; files: imports and posted results. For a "
                          "new project SETA_SOURCE is the default.")
    why: Text = ""


class ProjectIn(ChangesIn):
    name: Name


class ListIn(Page):
    scope: Name | None = None


class RemoveIn(Model):
    why: Sentence = Field(description="For the audit log.")


class IntervalOut(BaseModel):
    pushes: int
    minutes: int


class CadenceOut(BaseModel):
    priority_2: IntervalOut
    priority_3: IntervalOut
    backstop: IntervalOut
    is_staggered: bool = Field(
        description="Each low-value job has its own turn among the pushes of its interval.")


class ProjectOut(BaseModel):
    name: str
    scope: str
    build_systems: list[str]
    is_integration: bool
    is_killed: bool
    cadence: CadenceOut
    infer_regressions: bool
    infer_after: int
    open_scheduling: bool
    source: str = Field(description="activedata, treeherder, files or demo.")


class ShownProjectOut(ProjectOut):
    savings: ProjectSavingsOut | None = Field(
        description="What the published snapshot saves here. Null: none is published.")


class ProjectsOut(BaseModel):
    items: list[ProjectOut]
    next: str | None


@bp.get("/projects")
@bp.input(ListIn, location="query")
@bp.output(ProjectsOut)
def get_projects(query_data: ListIn) -> Json:
    """List projects by name."""
    with context().sessions() as session:
        found = store.projects(session, query_data.scope)

    def after(key: Key | None, limit: int) -> list[Project]:
        name = name_cursor(key)
        return [each for each in found if name is None or each.name > name][:limit]
    return page_of(after, query_data, key=lambda each: each.name, show=asdict)


@bp.post("/projects")
@bp.input(ProjectIn)
@bp.output(ProjectOut, status_code=201)
@bp.doc(summary="Add a project", security="bearer")
def post_project(json_data: ProjectIn) -> Json:
    """Add a project; fields that are left out get their defaults."""
    fields: Json = {"scope": DEFAULT_SCOPE, "source": context().settings.project_source,
                    **_fields(json_data)}
    fields["cadence"] = replace(DEFAULT.cadence, **fields.get("cadence", {}))
    project = Project(json_data.name, **fields)
    with context().sessions.begin() as session:
        store.ensure_scope(session, DEFAULT_SCOPE, context().settings)
        added = projects.add_project(session, project, who=writer(), why=json_data.why)
    return asdict(added)


@bp.get("/projects/<project>")
@bp.output(ShownProjectOut)
def get_project(project: str) -> Json:
    """Show one project, and what the published snapshot saves on it."""
    with context().sessions() as session:
        found = lookups.project_named(session, project)
        snapshot, savings = published_savings(
            session, found, prices=context().settings.prices)
    return asdict(found) | {"savings": savings and snapshot and {
        "snapshot": snapshot.id, "unit": snapshot.unit, **savings.to_json()}}


@bp.patch("/projects/<project>")
@bp.input(ChangesIn)
@bp.output(ProjectOut)
@bp.doc(summary="Change a project", security="bearer")
def patch_project(project: str, json_data: ChangesIn) -> Json:
    """Change a project; takes effect on its next push. The audit log records every change."""
    with context().sessions.begin() as session:
        lookups.project_named(session, project)
        changed = projects.change_project(
            session, project, _fields(json_data), who=writer(), why=json_data.why)
    return asdict(changed)


@bp.delete("/projects/<project>")
@bp.input(RemoveIn, location="query")
@bp.output(ProjectOut)
@bp.doc(summary="Remove a project", security="bearer")
def delete_project(project: str, query_data: RemoveIn) -> Json:
    """Remove a project with its results, lists and ledger; return it as it was.

    It comes back when a source or SETA_PROJECTS names it again.
    """
    with context().long_work() as sessions, sessions.begin() as session:
        lookups.project_named(session, project)
        removed = projects.remove_project(
            session, project, who=writer(), why=query_data.why)
    return asdict(removed)


def _fields(given: ChangesIn) -> Json:
    fields = given.model_dump(exclude_none=True, exclude={"why", "name", "cadence"})
    if "build_systems" in fields:
        fields["build_systems"] = tuple(fields["build_systems"])
    if given.cadence is not None:
        changed = given.cadence.model_dump(exclude_none=True)
        fields["cadence"] = {name: Interval(**value) if name in INTERVALS else value
                             for name, value in changed.items()}
    return fields
