"""What runs on a push."""

from typing import Literal

from apiflask import APIBlueprint
from pydantic import Field

from ...domain import Project
from ...errors import NotAllowed, NotFound
from ...scheduling import AskedPush, preview, schedule_failed, schedule_push
from ...scheduling.pushes import check_build_system
from ...scheduling.states import newest_pushed_at
from ...scheduling.schedule import not_recorded
from ...store import operation, schedules
from ..parts import parts
from . import answers, lookups
from .guard import NOBODY, open_to_all, require_token, writer
from .schedule_models import Failed, FailedOut, ScheduleOut
from .values import BuildSystem, Model, PushId, Time

ANYBODY = "(no token)"
bp = APIBlueprint("schedule", __name__, url_prefix="/api/v1", tag="Pushes")


class AskedIn(Model):
    """A push, as its scheduler knows it."""

    revision: PushId = Field(examples=["9fa614d8310d2c7c3f4d8fe4a26e9d1ed4d3c6c0"])
    pushed_at: Time | None = Field(None, description="Without it everything runs.")
    build_system: BuildSystem | None = Field(
        None, description="May be left out where the project has only one.")


class PreviewIn(Model):
    revision: PushId | None = Field(None, description="Needed for a preview.")
    pushed_at: Time | None = None
    build_system: BuildSystem | None = None
    preview: Literal["0", "1"] = Field(
        "0", description="1 answers for a push that the ledger does not know, and records nothing.")


@bp.put("/projects/<project>/pushes/<push_id>/schedule")
@bp.input(AskedIn)
@bp.output(ScheduleOut, status_code=201, description="Recorded now.")
@bp.doc(summary="Ask what runs on a push, and record it", security="bearer", responses={
    200: {"description": "The answer that was given before, or one that leaves no record.",
          "content": {"application/json": {"schema": ScheduleOut}}}})
@open_to_all
def put_schedule(project: str, push_id: str, json_data: AskedIn):
    """Answer which jobs run on a push and which are left out; the answer never changes.

    Asked again, it is the same bytes, whatever changed since. Another revision for a known push
    is a conflict; of another time the first counts. A push id of -1, and a push without a time,
    get everything and leave no record.
    """
    with parts().sessions.begin() as session:
        found = lookups.project_named(session, project)
        build_system = check_build_system(found, json_data.build_system)
        push = AskedPush(push_id, json_data.revision, json_data.pushed_at, build_system)
        _check_open(session, found, push)
        answer = schedule_push(
            session, found, push, lookups.published(project, build_system), now=lookups.now(),
            never_ran_after=parts().settings.never_ran_after)
        if answer.is_new:
            operation.record_audit(
                session, who=writer() or ANYBODY, what="schedule push",
                target=f"{project} {push_id}", details={"build_system": build_system})
    return answers.packed(answer.packed, status=201 if answer.is_new else 200)


@bp.get("/projects/<project>/pushes/<push_id>/schedule")
@bp.input(PreviewIn, location="query")
@bp.output(ScheduleOut)
def get_schedule(project: str, push_id: str, query_data: PreviewIn):
    """Read what was answered for a push, or preview what would be.

    Nothing is recorded. Without `preview` an unknown push is not found.
    """
    with parts().sessions() as session:
        found = lookups.project_named(session, project)
        build_system = check_build_system(found, query_data.build_system)
        if query_data.preview == "1":
            push = AskedPush(push_id, query_data.revision or "preview", query_data.pushed_at,
                             build_system)
            answer = preview(session, found, push, lookups.published(project, build_system),
                             now=lookups.now())
            return answers.packed(answer.packed)
        known = schedules.stored_answer(session, project, build_system, push_id)
    if known is None:
        raise NotFound(f"the ledger of {project} ({build_system}) has no push {push_id!r}; "
                       "?preview=1&revision=...&pushed_at=... says what it would be answered")
    return answers.packed(known[1], cache=answers.CHECKED)


@bp.post("/projects/<project>/pushes/<push_id>/schedule/failed")
@bp.input(Failed)
@bp.output(FailedOut)
@bp.doc(summary="Say that what was scheduled never ran", security="bearer")
def post_failed(project: str, push_id: str, json_data: Failed):
    """Put the levels of a push back on the debt: they are due on the next one.

    Told twice, the first time counts.
    """
    with parts().sessions.begin() as session:
        found = lookups.project_named(session, project)
        build_system = check_build_system(found, json_data.build_system)
        entry, is_new = schedule_failed(
            session, project, build_system, push_id, why=json_data.why, now=lookups.now())
        if is_new:
            operation.record_audit(
                session, who=writer(), what="schedule failed", target=f"{project} {push_id}",
                why=json_data.why, details={"build_system": build_system})
    return {"push_id": push_id, "failed_at": entry.failed_at, "why": entry.failed_why}


def _check_open(session, project: Project, push: AskedPush) -> None:
    """Let a client without a token only ask again, or add a push that is the newest."""
    if writer() != NOBODY:
        return
    if not project.open_scheduling:
        require_token()
    if not_recorded(project, push):
        return
    newest_at = newest_pushed_at(session, project.name, push.build_system)
    is_known = schedules.stored_answer(
        session, project.name, push.build_system, push.push_id) is not None
    if not is_known and newest_at is not None and push.pushed_at <= newest_at:
        raise NotAllowed(f"without a token only a push that is newer than the newest, of "
                         f"{newest_at:%Y-%m-%d %H:%M:%S}, can be added to {project.name}")
