"""Runs of every task: ingests, imports, analyses, upkeep."""

from dataclasses import asdict
from typing import Literal
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import redirect, request
from pydantic import BaseModel, Field
from werkzeug.wrappers import Response

from ...domain import Run
from ...store.operation import runs
from ..context import context
from .fields import Json
from .paging import Page, id_cursor, page_of

bp = APIBlueprint("runs", __name__, url_prefix="/api/v1", tag="Operation")


class ListIn(Page):
    task: Literal["ingest", "import", "analysis", "upkeep"] | None = Field(
        None, description="Only runs of this task.")


class RunsOut(BaseModel):
    items: list[Run]
    next: str | None


@bp.get("/runs")
@bp.input(ListIn, location="query")
@bp.output(RunsOut)
def get_runs(query_data: ListIn) -> Json:
    """List runs, the newest first."""
    with context().sessions() as session:
        return page_of(
            lambda before, limit: runs.runs(
                session, task=query_data.task, before=id_cursor(before), limit=limit),
            query_data, key=lambda run: run.id, show=run_to_json)


def run_to_json(run: Run) -> Json:
    return asdict(run.without_folders())


@bp.get("/ingest-runs")
@bp.doc(hide=True)
def get_ingest_runs() -> Response:
    """Redirect from the path of earlier versions."""
    query = urlencode(list(request.args.items(multi=True)))
    return redirect(f"/api/v1/runs?{query}" if query else "/api/v1/runs", 308)
