"""Projects: list, show, add, change."""

from dataclasses import asdict, replace

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ...curation import projects
from ...domain import DEFAULT_SCOPE, Interval, Project
from ...store.curation import projects as store
from ..context import context
from . import lookups
from .access import writer
from .paging import Page, name_cursor, page_of
from .fields import BuildSystem, Count, FailedPushes, Flag, Model, Name, Sentence, Text

bp = APIBlueprint("projects", __name__, url_prefix="/api/v1", tag="Projects")
DEFAULT = Project("default")


class IntervalIn(Model):
    """Due after so many pushes or so many minutes, whichever comes first."""

    pushes: Count
    minutes: Count


class CadenceIn(Model):
    """How often the jobs of each low value priority run; what is left out stays."""

    priority_2: IntervalIn | None = None
    priority_3: IntervalIn | None = None
    backstop: IntervalIn | None = None


class ChangesIn(Model):
    """What to change; what is left out stays as it is."""

    scope: Name | None = None
    build_systems: list[BuildSystem] | None = Field(
        None, min_length=1, max_length=20, json_schema_extra={"uniqueItems": True})
    is_integration: Flag | None = Field(None, description="False: everything runs, always.")
    is_killed: Flag | None = Field(None, description="The kill switch: everything runs.")
    cadence: CadenceIn | None = None
    infer_regressions: Flag | None = None
    infer_after: FailedPushes | None = Field(
        None, description="Consecutive failed pushes before a regression is inferred.")
    open_scheduling: Flag | None = Field(
        None, description="The schedule call needs no token.")
    why: Text = ""


class ProjectIn(ChangesIn):
    name: Name


class ListIn(Page):
    scope: Name | None = None


class RemoveIn(Model):
    why: Sentence = Field(description="For the audit.")


class IntervalOut(BaseModel):
    pushes: int
    minutes: int


class CadenceOut(BaseModel):
    priority_2: IntervalOut
    priority_3: IntervalOut
    backstop: IntervalOut


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
    source: str


class ProjectsOut(BaseModel):
    items: list[ProjectOut]
    next: str | None


@bp.get("/projects")
@bp.input(ListIn, location="query")
@bp.output(ProjectsOut)
def get_projects(query_data: ListIn):
    """List projects by name."""
    with context().sessions() as session:
        found = store.projects(session, query_data.scope)

    def after(name, limit):
        name = name_cursor(name)
        return [each for each in found if name is None or each.name > name][:limit]
    return page_of(after, query_data, key=lambda each: each.name, show=asdict)


@bp.post("/projects")
@bp.input(ProjectIn)
@bp.output(ProjectOut, status_code=201)
@bp.doc(summary="Add a project", security="bearer")
def post_project(json_data: ProjectIn):
    """Add a project; what is left out is as by default."""
    fields = _fields(json_data)
    fields["cadence"] = replace(DEFAULT.cadence, **fields.get("cadence", {}))
    project = Project(json_data.name, **{"scope": DEFAULT_SCOPE} | fields)
    with context().sessions.begin() as session:
        store.ensure_scope(session, DEFAULT_SCOPE, context().settings)
        added = projects.add_project(session, project, who=writer(), why=json_data.why)
    return asdict(added)


@bp.get("/projects/<project>")
@bp.output(ProjectOut)
def get_project(project: str):
    """Show one project."""
    with context().sessions() as session:
        return asdict(lookups.project_named(session, project))


@bp.patch("/projects/<project>")
@bp.input(ChangesIn)
@bp.output(ProjectOut)
@bp.doc(summary="Change a project", security="bearer")
def patch_project(project: str, json_data: ChangesIn):
    """Change a project, effective from its next push; every change is in the audit."""
    with context().sessions.begin() as session:
        lookups.project_named(session, project)
        changed = projects.change_project(
            session, project, _fields(json_data), who=writer(), why=json_data.why)
    return asdict(changed)


@bp.delete("/projects/<project>")
@bp.input(RemoveIn, location="query")
@bp.output(ProjectOut)
@bp.doc(summary="Remove a project", security="bearer")
def delete_project(project: str, query_data: RemoveIn):
    """Remove a project with its results, lists and ledger, and answer what it was.

    It comes back when a source or SETA_PROJECTS names it again.
    """
    with context().sessions.begin() as session:
        lookups.project_named(session, project)
        removed = projects.remove_project(
            session, project, who=writer(), why=query_data.why)
    return asdict(removed)


def _fields(given: ChangesIn) -> dict:
    fields = given.model_dump(exclude_none=True, exclude={"why", "name", "cadence"})
    if "build_systems" in fields:
        fields["build_systems"] = tuple(fields["build_systems"])
    if given.cadence is not None:
        intervals = given.cadence.model_dump(exclude_none=True)
        fields["cadence"] = {interval: Interval(**limit) for interval, limit in intervals.items()}
    return fields
