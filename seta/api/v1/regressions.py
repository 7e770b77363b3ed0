"""Regressions: which job types caught them, which catch them now, culprits and fixes."""

from dataclasses import asdict
from datetime import datetime

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from ...domain import DEFAULT_SCOPE, Priority, Snapshot
from ...errors import NotFound
from ...store import snapshots
from ...store.evidence import EvidenceWindow
from ...store.snapshots import regressions as store
from ..context import context
from . import lookups
from .fields import Json, Model, Name, QueryNumber
from .paging import Page, name_cursor, page_of

bp = APIBlueprint("regressions", __name__, url_prefix="/api/v1", tag="Regressions")
MAX_FAILED_JOBS = 500  # failed jobs of one regression


class RegressionIn(Model):
    scope: Name = DEFAULT_SCOPE
    snapshot: QueryNumber | None = Field(None, description="Null: the published one.")


class ListIn(RegressionIn, Page):
    """One page of the list."""


class RegressionLineOut(BaseModel):
    fixed_by: str = Field(description="The first 12 digits of the fixing revision.")
    is_inferred: bool
    witnesses: int = Field(description="Job types that caught it.")


class RegressionsOut(BaseModel):
    items: list[RegressionLineOut]
    next: str | None


class WitnessOut(BaseModel):
    job_type: str
    priority: int | None = Field(description="Null: it is no longer alive.")


class PushOut(BaseModel):
    project: str
    revision: str
    push_id: str | None
    pushed_at: datetime


class FailedJobOut(PushOut):
    build_system: str
    name: str
    namespace: str
    job_id: str


class RegressionOut(RegressionLineOut):
    snapshot: int
    caught_by: list[WitnessOut]
    chosen: list[str] = Field(description="Those of `caught_by` that run on every push.")
    culprit: PushOut | None = Field(
        description="The first push on which a witness failed: the regression came with it, or "
                    "with an earlier push that skipped the witness.")
    fixed_on: PushOut | None = Field(description="The fixing push, if it is known.")
    failed_jobs: list[FailedJobOut] = Field(description="The first 500, by push.")


@bp.get("/regressions")
@bp.input(ListIn, location="query")
@bp.output(RegressionsOut)
def get_regressions(query_data: ListIn) -> Json:
    """List the regressions that a snapshot is based on, by fixing revision."""
    with context().sessions() as session:
        snapshot_id, _ = _snapshot(session, query_data)
        return page_of(
            lambda after, limit: store.regression_lines(
                session, snapshot_id, after=name_cursor(after), limit=limit),
            query_data, key=lambda line: line.fixed_by, show=asdict)


@bp.get("/regressions/<fixed_by>")
@bp.input(RegressionIn, location="query")
@bp.output(RegressionOut)
def get_regression(fixed_by: str, query_data: RegressionIn) -> Json:
    """Show one regression: its witnesses, the chosen ones among them, its culprit and its fix."""
    lookups.check_text(fixed_by)
    with context().sessions() as session:
        snapshot_id, snapshot = _snapshot(session, query_data)
        line = store.regression_line(session, snapshot_id, fixed_by)
        witnesses = store.witnesses_of(session, snapshot_id, fixed_by)
        failed = store.failed_jobs_of(session, _evidence_window(snapshot), fixed_by)
        fixed_on = store.fixing_push(session, snapshot.scope, fixed_by)
    return asdict(line) | {
        "snapshot": snapshot_id,
        "caught_by": [{"job_type": str(each.job_type), "priority": each.priority}
                      for each in witnesses],
        "chosen": [str(each.job_type) for each in witnesses if each.priority is Priority.FIRST],
        "culprit": asdict(failed[0]) if failed else None,
        "fixed_on": fixed_on and asdict(fixed_on),
        "failed_jobs": [asdict(job) for job in failed[:MAX_FAILED_JOBS]],
    }


def _snapshot(session: Session, query: RegressionIn) -> tuple[int, Snapshot]:
    """Return the snapshot that a query names, by default the published one, with its id."""
    scope = lookups.scope_named(session, query.scope)
    wanted = query.snapshot or snapshots.publication_state(session, scope.name).snapshot_id
    if wanted is None:
        raise NotFound(f"no snapshot of scope {scope.name!r} is published yet")
    found = snapshots.snapshot_with_id(session, wanted, with_priorities=False)
    if found.scope != scope.name:
        raise NotFound(f"snapshot {wanted} is of scope {found.scope!r}, not {scope.name!r}")
    return wanted, found


def _evidence_window(snapshot: Snapshot) -> EvidenceWindow:
    """Return which part of what is stored the snapshot was decided on."""
    inputs = snapshot.inputs
    return EvidenceWindow(
        snapshot.scope, datetime.fromisoformat(inputs["since"]), snapshot.as_of,
        datetime.fromisoformat(inputs["known_by"]))
