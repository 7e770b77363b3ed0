"""The jobs of a project: their priorities, and why."""

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from ...domain import Priority, Project, strongest
from ...ledger import check_build_system
from ...ledger.cadence_state import next_due
from ...ledger.payloads import format_utc
from ...store import snapshots
from ...store.curation import overrides
from ...store.curation.projects import scope_named
from ...store.results.job_runs import FoundJob, find_job, runs_of, window_counts
from ...store.snapshots.jobs import (
    JobFilter, JobLine, caught_regressions, job_lines, priority_history,
)
from ..context import context
from . import lookups
from .fields import BuildSystemName, JobName, Json, Model, Text
from .overrides import OverrideOut, override_to_json
from .paging import Key, Page, name_cursor, page_of
from .schedule import NextDueOut

bp = APIBlueprint("jobs", __name__, url_prefix="/api/v1", tag="Jobs")
GLOB = Field(None, max_length=200, pattern=r"^[A-Za-z0-9_.+*?-]+$")


class JobTypeOut(BaseModel):
    platform: str
    build_type: str
    test_suite: str
    chunk: int = Field(description="0: the suite is not chunked.")


class JobLineOut(BaseModel):
    name: str
    build_system: str
    tier: int
    job_type: JobTypeOut | None = Field(description="Null: the name is not parsed, so it runs.")
    priority: int | None = Field(
        description="Null: SETA does not decide on this job.")
    reason: str | None
    cost: int | None = Field(description="Milliseconds per run, or 1 where no duration is known.")
    caught: int | None = Field(description="How many regressions in the window it caught.")


class JobsOut(BaseModel):
    items: list[JobLineOut]
    next: str | None


class JobRunOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    revision: str
    push_id: str | None
    pushed_at: datetime
    passed: bool


class CaughtRegressionOut(BaseModel):
    fixed_by: str
    is_inferred: bool
    covered_by: list[str] = Field(
        description="Other job types that caught it and run on every push.")


class PastPriorityOut(BaseModel):
    snapshot_id: int
    as_of: datetime
    priority: int
    reason: str


class JobOut(JobLineOut):
    project: str
    snapshot: int | None
    certificate: Json | None = Field(description="The proof of its priority.")
    window_days: int
    runs: int
    failures: int
    regressions: list[CaughtRegressionOut]
    last_run: JobRunOut | None
    last_pass: JobRunOut | None
    next_due: NextDueOut
    override: OverrideOut | None
    history: list[PastPriorityOut]


class JobsIn(Page):
    build_system: BuildSystemName | None = None
    platform: str | None = GLOB
    build_type: str | None = GLOB
    test_suite: str | None = GLOB
    priority: Literal["1", "2", "3"] | None = None
    parsed: Literal["0", "1"] | None = Field(
        None, description="0: only names that are not parsed; they always run.")
    search: Text | None = Field(None, description="Part of the name; case does not matter.")


class JobIn(Model):
    name: JobName = Field(description="The full name; it may hold slashes, spaces and +.",
                          examples=["test-linux64/opt-mochitest-1"])
    build_system: BuildSystemName | None = None


@bp.get("/projects/<project>/jobs")
@bp.input(JobsIn, location="query")
@bp.output(JobsOut)
def get_jobs(project: str, query_data: JobsIn) -> Json:
    """List a project's jobs in the published snapshot, by build system and name."""
    wanted = JobFilter(
        query_data.build_system, query_data.platform, query_data.build_type,
        query_data.test_suite, query_data.priority and Priority(int(query_data.priority)),
        query_data.search, None if query_data.parsed is None else query_data.parsed == "1")
    with context().sessions() as session:
        scope = lookups.project_named(session, project).scope
        snapshot_id = snapshots.publication_state(session, scope).snapshot_id
        return page_of(
            lambda after, limit: job_lines(session, project, snapshot_id, wanted,
                                           after=_after(after), limit=limit),
            query_data, key=lambda line: f"{line.build_system} {line.name}", show=_line_to_json)


@bp.get("/projects/<project>/job")
@bp.input(JobIn, location="query")
@bp.output(JobOut)
@bp.doc(summary="Ask why a job has its priority")
def get_job(project: str, query_data: JobIn) -> Json:
    """Show one job: priority, certificate, cost, what it caught and what else did, its history."""
    now = context().clock()
    with context().sessions() as session:
        found = lookups.project_named(session, project)
        build_system = check_build_system(found, query_data.build_system)
        job = find_job(session, project, build_system, query_data.name)
        return _job(session, found, job, now)


def _job(session: Session, project: Project, job: FoundJob, now: datetime) -> Json:
    scope = scope_named(session, project.scope)
    snapshot_id = snapshots.publication_state(session, project.scope).snapshot_id
    line = _line_of(session, project.name, snapshot_id, job)
    runs, failures = window_counts(session, job, days=scope.window_days, now=now)
    due = next_due(session, project, job.build_system, line.priority, now=now,
                   job_type=line.job_type)
    last = runs_of(session, job)
    active = overrides.overrides(session, project.scope, active_at=now)
    override = strongest(active, job.job_type, job.name, job.build_system)
    return _line_to_json(line) | {
        "project": project.name, "snapshot": snapshot_id,
        "certificate": _certificate(session, snapshot_id, line),
        "window_days": scope.window_days, "runs": runs, "failures": failures,
        "regressions": _caught(session, snapshot_id, job),
        "last_run": last[0] if last else None,
        "last_pass": next((run for run in last if run.passed), None),
        "next_due": {"pushes_left": due.pushes_left, "at": format_utc(due.at)},
        "override": override and override_to_json(override, now),
        "history": _history(session, job, project.scope),
    }


def _line_of(session: Session, project: str, snapshot_id: int | None, job: FoundJob) -> JobLine:
    return next(line for line in job_lines(
        session, project, snapshot_id,
        JobFilter(build_system=job.build_system, exact_name=job.name), after=None, limit=1))


def _certificate(session: Session, snapshot_id: int | None, line: JobLine) -> Json | None:
    if snapshot_id is None or line.job_type is None or line.priority is None:
        return None
    return snapshots.priority_of(session, snapshot_id, line.job_type).certificate


def _caught(session: Session, snapshot_id: int | None, job: FoundJob) -> list[Json]:
    if snapshot_id is None or job.job_type_id is None:
        return []
    return [{"fixed_by": each.fixed_by, "is_inferred": each.is_inferred,
             "covered_by": [str(job_type) for job_type in each.covered_by]}
            for each in caught_regressions(session, job, snapshot_id)]


def _history(session: Session, job: FoundJob, scope: str) -> list[Json]:
    if job.job_type_id is None:
        return []
    return [asdict(each) for each in priority_history(session, job, scope)]


def _line_to_json(line: JobLine) -> Json:
    job_type = line.job_type
    return {
        "name": line.name, "build_system": line.build_system, "tier": line.tier,
        "job_type": job_type and {
            "platform": job_type.platform, "build_type": job_type.build_type,
            "test_suite": job_type.test_suite, "chunk": job_type.chunk},
        "priority": line.priority, "reason": line.reason, "cost": line.cost,
        "caught": line.caught,
    }


def _after(cursor: Key | None) -> tuple[str, str] | None:
    key = name_cursor(cursor)
    if key is None:
        return None
    build_system, _, name = key.partition(" ")
    return build_system, name
