"""Misses: regressions that a push let in, because the job that shows them was left out there."""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ...store.ledger.misses import misses_of
from ..context import context
from . import lookups
from .fields import Json
from .jobs import JobTypeOut
from .paging import Page, id_cursor, page_of

bp = APIBlueprint("misses", __name__, url_prefix="/api/v1", tag="Regressions")


class MissPushOut(BaseModel):
    push_id: str | None
    revision: str
    pushed_at: datetime


class MissWitnessOut(BaseModel):
    name: str
    build_system: str
    job_type: JobTypeOut | None = Field(description="Null: unparsed, so it always runs.")
    priority: int | None = Field(description="In the snapshot in force then; null: none.")
    left_out: int = Field(description="On how many of the pushes it was left out.")
    passed: int = Field(description="On how many it passed, so that it is flaky for this one.")
    has_found: bool = Field(description="It failed on the push on which it was found.")


class MissOut(BaseModel):
    id: int
    project: str
    build_system: str
    fixed_by: str
    found_by: str = Field(description="The job whose failure was known first.")
    found_at: datetime
    found_on: MissPushOut
    after: MissPushOut | None = Field(description="That job's last pass before; null: unknown.")
    first_suspect: MissPushOut
    first_failed_on: MissPushOut
    pushes: int = Field(description="It came in on one of so many, from the first suspect on.")
    left_out: int = Field(description="So many of these left out the job that shows it.")
    chance: float = Field(description="left_out / pushes")
    late_pushes: int = Field(description="How many pushes later it was found, at most.")
    late_minutes: float
    snapshot: int | None
    witnesses: list[MissWitnessOut]
    promoted_until: datetime | None = Field(
        description="Until then a job that shows it runs on every push; null: none does.")
    first_known_at: datetime
    known_at: datetime = Field(description="Since when this is known of it.")
    ended_at: datetime | None
    ended_why: str | None = Field(description="withdrawn; or replaced, by what was learned.")


class MissesOut(BaseModel):
    items: list[MissOut]
    next: str | None


@bp.get("/projects/<project>/misses")
@bp.input(Page, location="query")
@bp.output(MissesOut)
def get_misses(project: str, query_data: Page) -> Json:
    """List a project's misses, the newest first; what no longer holds is kept, with its end."""
    with context().sessions() as session:
        found = lookups.project_named(session, project)
        return page_of(
            lambda before, limit: misses_of(
                session, found.name, before=id_cursor(before), limit=limit),
            query_data, key=lambda each: each.id,
            show=lambda each: each.to_json(
                now=context().clock(), promote_days=context().settings.promote_days))
