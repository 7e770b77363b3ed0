"""Jobs that are owed now, for a timer."""

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ...ledger import Owed, check_build_system, owed_now, take_owed
from ...store.operation.audit import record_audit
from ..context import context
from . import lookups
from .access import writer
from .fields import BuildSystemName, Json, Model, PushId

bp = APIBlueprint("due", __name__, url_prefix="/api/v1", tag="Pushes")


class DueIn(Model):
    build_system: BuildSystemName | None = Field(
        None, description="Needed only if the project has several.")


class TakeIn(Model):
    push_id: PushId = Field(description="The push on which the jobs start: the newest.")
    build_system: BuildSystemName | None = None


class DueOut(BaseModel):
    jobs: list[str] = Field(description="To start on that push; empty if nothing is owed.")
    push_id: str | None = Field(description="The newest push; null if none is known.")
    revision: str | None
    reasons: list[str]
    priorities: list[int] = Field(description="Priorities of which every job is owed.")


@bp.get("/projects/<project>/due")
@bp.input(DueIn, location="query")
@bp.output(DueOut)
@bp.doc(summary="See which jobs are owed while no push comes")
def get_due(project: str, query_data: DueIn) -> Json:
    """List the jobs to start on the newest push, so that the end of a burst gets tested too.

    This changes nothing. POST when you start the jobs; until then they stay owed.
    """
    with context().quick_sessions() as session:
        found = lookups.project_named(session, project)
        build_system = check_build_system(found, query_data.build_system)
        lists = context().priority_lists(project, build_system)
        return _to_json(owed_now(session, found, build_system, lists, now=context().clock()))


@bp.post("/projects/<project>/due")
@bp.input(TakeIn)
@bp.output(DueOut)
@bp.doc(summary="Take the owed jobs, to start them now", security="bearer")
def post_due(project: str, json_data: TakeIn) -> Json:
    """Return the owed jobs and record that they now run on the newest push.

    A second call finds nothing owed. It is a conflict if another push is the newest.
    """
    with context().sessions.begin() as session:
        found = lookups.project_named(session, project)
        build_system = check_build_system(found, json_data.build_system)
        lists = context().priority_lists(project, build_system)
        owed = take_owed(session, found, build_system, lists, push_id=json_data.push_id,
                         now=context().clock())
        if owed.jobs:
            record_audit(
                session, who=writer(), what="take owed jobs", target=f"{project} {owed.push_id}",
                details={"build_system": build_system, "jobs": len(owed.jobs),
                         "priorities": owed.priorities})
        return _to_json(owed)


def _to_json(owed: Owed) -> Json:
    return {"jobs": owed.jobs, "push_id": owed.push_id, "revision": owed.revision,
            "reasons": owed.reasons, "priorities": owed.priorities}
