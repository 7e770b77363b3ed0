"""What happened to a push, and which pushes may have caused a failure."""

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ...ledger import Backfill, PushRef, PushStatus, backfill, check_build_system, push_status
from ..context import context
from . import lookups
from .due import DueIn
from .fields import JobName, Json

bp = APIBlueprint("pushes", __name__, url_prefix="/api/v1", tag="Pushes")


class BackfillIn(DueIn):
    job: JobName = Field(description="The full name of the job that failed.",
                         examples=["test-linux64/opt-mochitest-1"])


class PushOut(BaseModel):
    push_id: str
    revision: str
    pushed_at: datetime


class SkippedOut(BaseModel):
    name: str
    ran_on: PushOut | None = Field(description="Where it ran next; null: not yet.")
    how: Literal["scheduled", "late", "seen"] | None = Field(
        description="By a schedule, by a timer, or seen only in results.")


class PushStatusOut(BaseModel):
    push_id: str
    revision: str
    pushed_at: datetime
    kind: Literal["selective", "full"]
    snapshot: int | None
    counts: bool = Field(
        description="False: it was older than the newest push, so no interval counts it.")
    is_fully_tested: bool
    failed_at: datetime | None
    failed_why: str | None
    skipped: list[SkippedOut]


class BackfillOut(BaseModel):
    job: str
    last_pass: PushOut | None
    is_assumed: bool = Field(
        description="True: no result is known; the ledger says only that the job ran there.")
    suspects: list[PushOut] = Field(description="In order; the job fails on the last.")
    runs: list[PushOut] = Field(description="Where to run the job, in bisection order.")
    run_seconds: float | None
    expected_runs: float
    expected_seconds: float | None = Field(description="Machine time until the culprit is found.")


@bp.get("/projects/<project>/pushes/<push_id>")
@bp.input(DueIn, location="query")
@bp.output(PushStatusOut)
@bp.doc(summary="See what happened to a push")
def get_push(project: str, push_id: str, query_data: DueIn) -> Json:
    """Show whether a push was fully tested, and where each skipped job ran next."""
    with context().sessions() as session:
        found = lookups.project_named(session, project)
        build_system = check_build_system(found, query_data.build_system)
        return _to_json(push_status(session, project, build_system, push_id))


@bp.get("/projects/<project>/pushes/<push_id>/backfill")
@bp.input(BackfillIn, location="query")
@bp.output(BackfillOut)
@bp.doc(summary="Find the pushes that may have caused a failure")
def get_backfill(project: str, push_id: str, query_data: BackfillIn) -> Json:
    """List the pushes since the job's last pass, and where to run it to find the culprit."""
    with context().sessions() as session:
        found = lookups.project_named(session, project)
        build_system = check_build_system(found, query_data.build_system)
        return _backfill_to_json(
            backfill(session, project, build_system, push_id, query_data.job))


def _to_json(status: PushStatus) -> Json:
    entry = status.entry
    return {
        "push_id": entry.push_id, "revision": entry.revision, "pushed_at": entry.pushed_at,
        "kind": entry.kind, "snapshot": entry.snapshot, "counts": entry.counts,
        "is_fully_tested": status.is_fully_tested, "failed_at": entry.failed_at,
        "failed_why": entry.failed_why,
        "skipped": [{"name": job.name, "ran_on": _push_to_json(job.ran_on), "how": job.how}
                    for job in status.skipped],
    }


def _backfill_to_json(found: Backfill) -> Json:
    return {
        "job": found.job, "last_pass": _push_to_json(found.last_pass),
        "is_assumed": found.is_assumed,
        "suspects": [_push_to_json(push) for push in found.suspects],
        "runs": [_push_to_json(push) for push in found.runs],
        "run_seconds": None if found.run_ms is None else found.run_ms / 1000,
        "expected_runs": found.expected_runs, "expected_seconds": found.expected_seconds,
    }


def _push_to_json(push: PushRef | None) -> Json | None:
    return None if push is None else asdict(push)
