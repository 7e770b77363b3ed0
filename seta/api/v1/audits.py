"""What is to run for audits of regressions, for a timer or a script."""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ...domain import Audit
from ...ledger import audits_to_run, check_build_system, jobs_of, take_audits
from ...store.operation.audit import record_audit
from ..context import context
from . import lookups
from .access import writer
from .fields import BuildSystemName, Json, Model, PushId

bp = APIBlueprint("audits", __name__, url_prefix="/api/v1", tag="Pushes")


class AuditsIn(Model):
    build_system: BuildSystemName | None = Field(
        None, description="Needed only if the project has several.")


class TakeAuditsIn(Model):
    push_id: PushId = Field(description="The push on which the jobs start.")
    build_system: BuildSystemName | None = None


class AuditedPushOut(BaseModel):
    push_id: str
    revision: str
    pushed_at: datetime
    fixed_by: list[str] = Field(description="The regressions that this push showed first.")
    jobs: list[str] = Field(description="To start on that push: it had left them out.")


class AuditsOut(BaseModel):
    pushes: list[AuditedPushOut] = Field(description="The oldest draw first.")


class TakenOut(BaseModel):
    push_id: str
    jobs: list[str]


@bp.get("/projects/<project>/audits")
@bp.input(AuditsIn, location="query")
@bp.output(AuditsOut)
@bp.doc(summary="See which jobs are to run for audits of regressions")
def get_audits(project: str, query_data: AuditsIn) -> Json:
    """List the pushes on which everything is to run, since a regression was drawn.

    This changes nothing. POST when you start the jobs of a push; until then they stay listed, for
    two weeks at most.
    """
    with context().quick_sessions() as session:
        found = lookups.project_named(session, project)
        build_system = check_build_system(found, query_data.build_system)
        audits = audits_to_run(session, found, build_system, now=context().clock())
    by_push: dict[str, list[Audit]] = {}
    for audit in audits:
        by_push.setdefault(audit.push_id, []).append(audit)
    return {"pushes": [_to_json(each) for each in by_push.values()]}


@bp.post("/projects/<project>/audits")
@bp.input(TakeAuditsIn)
@bp.output(TakenOut)
@bp.doc(summary="Take the jobs of an audited push, to start them now", security="bearer")
def post_audits(project: str, json_data: TakeAuditsIn) -> Json:
    """Return the jobs that are to run on a push for audits, and record that they start there.

    A second call finds none. What has no result after a day is listed again. The push's own answer
    does not change.
    """
    with context().sessions.begin() as session:
        found = lookups.project_named(session, project)
        build_system = check_build_system(found, json_data.build_system)
        jobs = jobs_of(take_audits(session, found, build_system, push_id=json_data.push_id,
                                   now=context().clock()))
        if jobs:
            record_audit(
                session, who=writer(), what="take jobs of audits",
                target=f"{project} {json_data.push_id}",
                details={"build_system": build_system, "jobs": len(jobs)})
    return {"push_id": json_data.push_id, "jobs": jobs}


def _to_json(audits: list[Audit]) -> Json:
    first = audits[0]
    return {"push_id": first.push_id, "revision": first.revision, "pushed_at": first.pushed_at,
            "fixed_by": [audit.fixed_by for audit in audits], "jobs": jobs_of(audits)}
