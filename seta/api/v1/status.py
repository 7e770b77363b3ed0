"""The state of the service: fresh or stale, what is held back, what needs attention."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from ... import __version__
from ...domain import AuditCounts, Run, Scope
from ...errors import CannotAnswer
from ...store import snapshots
from ...store.curation import projects
from ...store.ledger.audits import count_audits
from ...store.ledger.misses import SHOWN_FOR, count_misses
from ...store.operation import runs
from ...store.operation.alarms import open_alarms
from ...store.snapshots import ProjectFacts
from ..context import context
from .fields import Json
from .runs import run_to_json

AUDITS_OF = timedelta(days=28)

bp = APIBlueprint("status", __name__, url_prefix="/api/v1", tag="Operation")


class ProjectOut(BaseModel):
    project: str
    scope: str
    is_good: bool = Field(description="True: its lists are served. False: everything runs.")
    refusals: list[str] = Field(description="Why everything runs.")
    snapshot: int | None
    as_of: datetime | None
    source: str = Field(description="Where its results come from.")
    succeeded_at: datetime | None = Field(
        description="The last successful, whole run of that source.")
    misses: int = Field(description="Regressions that its pushes let in, found in 30 days.")


class HeldSnapshotOut(BaseModel):
    scope: str
    snapshot: int
    created_at: datetime
    held_because: str


class AlarmOut(BaseModel):
    subject: str
    message: str
    raised_at: datetime
    last_at: datetime


class AuditsOfProjectOut(BaseModel):
    project: str
    drawn: int = Field(description="Regressions of the last four weeks, in each ledger.")
    done: int = Field(description="Of these, fully observed.")
    open_jobs: int = Field(description="Jobs that are still to run, or have no result yet.")
    runs: int = Field(description="Runs that clients added for audits.")
    machine_seconds: float = Field(description="How long those took.")


class StatusOut(BaseModel):
    version: str
    is_killed: bool = Field(description="True: the kill switch of this server is set.")
    projects: list[ProjectOut]
    held: list[HeldSnapshotOut] = Field(
        description="Newest snapshots, where the guard held them back.")
    alarms: list[AlarmOut]
    audits: list[AuditsOfProjectOut] = Field(
        description="What the audits of regressions cost; projects without any are left out.")
    last_runs: dict[str, Run] = Field(description="The newest run of each task.")


@bp.get("/status")
@bp.output(StatusOut)
def get_status() -> Json:
    """Show whether the data is fresh, what is held back, and what needs attention."""
    state = context().published
    with context().sessions() as session:
        missed = count_misses(session, since=context().clock() - SHOWN_FOR)
        return {
            "version": __version__, "is_killed": context().settings.is_killed,
            "projects": [_project_to_json(facts, state.refusals(name), missed.get(name, 0))
                         for name, facts in state.projects().items()],
            "held": [held for scope in projects.scopes(session)
                     for held in _held(session, scope)],
            "alarms": [asdict(alarm) for alarm in open_alarms(session)],
            "audits": [_audits_to_json(project, counts) for project, counts in count_audits(
                session, since=context().clock() - AUDITS_OF).items()],
            "last_runs": {task: run_to_json(run)
                          for task in ("ingest", "import", "analysis", "upkeep")
                          for run in runs.runs(session, task=task, limit=1)},
        }


def _project_to_json(
    facts: ProjectFacts, refusals: Sequence[CannotAnswer], missed: int
) -> Json:
    return {
        "project": facts.project, "scope": facts.scope, "is_good": not refusals,
        "refusals": [str(refusal) for refusal in refusals], "snapshot": facts.snapshot_id,
        "as_of": facts.as_of, "source": facts.source, "succeeded_at": facts.succeeded_at,
        "misses": missed,
    }


def _audits_to_json(project: str, counts: AuditCounts) -> Json:
    return {"project": project, "drawn": counts.drawn, "done": counts.done,
            "open_jobs": counts.open_jobs, "runs": counts.runs,
            "machine_seconds": counts.milliseconds / 1000}


def _held(session: Session, scope: Scope) -> list[Json]:
    """Return the newest snapshot, if it is held back."""
    return [{"scope": scope.name, "snapshot": snapshot.id, "created_at": snapshot.created_at,
             "held_because": snapshot.held_because}
            for snapshot in snapshots.snapshots_of(session, scope.name, limit=1)
            if snapshot.held_because is not None]
