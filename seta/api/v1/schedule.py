"""What runs on a push."""

from datetime import datetime
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from ...domain import Project
from ...errors import NotAllowed, NotFound
from ...ledger import (
    Answer, RequestedPush, check_build_system, draft_schedule, preview,
    schedule_failed,
)
from ...ledger.cadence_state import read_ledger
from ...publish.serving import PackedBody
from ...store.ledger import entries
from ...store.operation.audit import record_audit
from ..conditional import NEVER_KEEP, send
from ..context import context
from . import lookups
from .access import NOBODY, open_to_all, writer
from .fields import BuildSystemName, Json, Model, PushId, Sentence, Time

ANYBODY = "(no token)"
bp = APIBlueprint("schedule", __name__, url_prefix="/api/v1", tag="Pushes")


class PushIn(Model):
    """A push, as its scheduler knows it."""

    revision: PushId = Field(examples=["9fa614d8310d2c7c3f4d8fe4a26e9d1ed4d3c6c0"])
    pushed_at: Time | None = Field(None, description="Without it, everything runs.")
    build_system: BuildSystemName | None = Field(
        None, description="Needed only if the project has several.")


class PreviewIn(Model):
    revision: PushId | None = Field(None, description="Needed for a preview.")
    pushed_at: Time | None = None
    build_system: BuildSystemName | None = None
    preview: Literal["0", "1"] = Field(
        "0", description="1: answer even for an unknown push; this records nothing.")


class PriorityCountOut(BaseModel):
    due: bool = Field(description="All of it runs on this push.")
    jobs: int = Field(description="How many jobs have this priority.")
    turns: list[int] | None = Field(
        None, description="Of a staggered cadence: the turns that run, where not all do.")
    of: int | None = Field(None, description="How many turns there are.")


class NextDueOut(BaseModel):
    pushes_left: int = Field(description="1: due on the next push.")
    at: datetime | None


class ScheduleOut(BaseModel):
    """What runs on a push. Jobs that it does not name run as well."""

    action: Literal["run"]
    kind: Literal["selective", "full"]
    run: list[str] = Field(description="Sorted names of the jobs to run.")
    skip: list[str] = Field(description="Jobs that may be skipped; none in a full schedule.")
    priorities: dict[str, PriorityCountOut] = Field(description="By priority: 1, 2 and 3.")
    snapshot: int | None = Field(description="The snapshot behind the lists.")
    fresh_until: datetime | None = Field(
        description="When the lists of a selective answer go stale: after that, run everything. "
                    "Null in a full schedule, and for an archived scope.")
    reasons: list[str]
    next_due: dict[str, NextDueOut] = Field(
        description="By priority, and `backstop`; empty if no interval counts the push.")


class ScheduleFailedIn(Model):
    why: Sentence = Field(examples=["the decision task failed"])
    build_system: BuildSystemName | None = None


class ScheduleFailedOut(BaseModel):
    push_id: str
    failed_at: datetime
    why: str


# The schema by its name: the generator would write a class here as Python shows it.
NOT_RECORDED_NOW: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    200: {"description": "The answer as recorded before, or one that is not recorded.",
          "content": {"application/json": {
              "schema": {"$ref": "#/components/schemas/ScheduleOut"}}}}}


@bp.put("/projects/<project>/pushes/<push_id>/schedule")
@bp.input(PushIn)
@bp.output(ScheduleOut, status_code=201, description="Recorded now.")
@bp.doc(summary="Get what runs on a push, and record it", security="bearer",
        responses=NOT_RECORDED_NOW)
@open_to_all
def put_schedule(project: str, push_id: str, json_data: PushIn) -> Response:
    """Return which jobs run on a push and which may be skipped; the answer never changes.

    A push always gets the same answer, byte for byte, whatever changed since. A known push with
    another revision is a conflict; with another time, the first one counts. For the push id -1,
    and for a push without a time, everything runs and nothing is recorded.
    """
    # What only reads comes first: other pushes of the ledger need not wait for it. Those that wait
    # at the same time are recorded in one transaction.
    with context().quick_sessions() as session:
        found = lookups.project_named(session, project)
        build_system = check_build_system(found, json_data.build_system)
        push = RequestedPush(push_id, json_data.revision, json_data.pushed_at, build_system)
        _check_open(session, found, push)
        answer = draft_schedule(
            session, found, push, context().priority_lists(project, build_system),
            now=context().clock(), never_ran_after=context().settings.never_ran_after)
    if not isinstance(answer, Answer):
        answer = context().ledgers.do((project, build_system), (answer, writer() or ANYBODY))
    return send(PackedBody(answer.packed), cache=NEVER_KEEP,
                status=201 if answer.is_new else 200)


@bp.get("/projects/<project>/pushes/<push_id>/schedule")
@bp.input(PreviewIn, location="query")
@bp.output(ScheduleOut)
def get_schedule(project: str, push_id: str, query_data: PreviewIn) -> Response:
    """Read the recorded answer for a push, or preview one.

    Nothing is recorded. Without `preview`, an unknown push is not found.
    """
    with context().quick_sessions() as session:
        found = lookups.project_named(session, project)
        build_system = check_build_system(found, query_data.build_system)
        if query_data.preview == "1":
            push = RequestedPush(push_id, query_data.revision or "preview", query_data.pushed_at,
                                 build_system)
            lists = context().priority_lists(project, build_system)
            answer = preview(session, found, push, lists, now=context().clock())
            return send(PackedBody(answer.packed), cache=NEVER_KEEP)
        known = entries.stored_answer(session, project, build_system, push_id)
    if known is None:
        raise NotFound(f"the ledger of {project} ({build_system}) has no push {push_id!r}; "
                       "add ?preview=1&revision=...&pushed_at=... for a preview")
    return send(PackedBody(known[1]))


@bp.post("/projects/<project>/pushes/<push_id>/schedule/failed")
@bp.input(ScheduleFailedIn)
@bp.output(ScheduleFailedOut)
@bp.doc(summary="Report that scheduled jobs never ran", security="bearer")
def post_failed(project: str, push_id: str, json_data: ScheduleFailedIn) -> Json:
    """Make the priorities of this push owed again: they are due on the next push.

    If you report it twice, the first time counts.
    """
    with context().sessions.begin() as session:
        found = lookups.project_named(session, project)
        build_system = check_build_system(found, json_data.build_system)
        entry, is_new = schedule_failed(
            session, project, build_system, push_id, why=json_data.why, now=context().clock())
        if is_new:
            record_audit(
                session, who=writer(), what="schedule failed", target=f"{project} {push_id}",
                why=json_data.why, details={"build_system": build_system})
    return {"push_id": push_id, "failed_at": entry.failed_at, "why": entry.failed_why}


def _check_open(session: Session, project: Project, push: RequestedPush) -> None:
    """Let a client without a token only read a known push, or add one newer than all."""
    if writer() != NOBODY:
        return
    ledger_push = push.as_ledger_push(project)
    if ledger_push is None:
        return
    newest_at = read_ledger(
        session, project.name, push.build_system, now=context().clock()).newest_at
    is_known = entries.stored_answer(
        session, project.name, ledger_push.build_system, ledger_push.push_id) is not None
    if not is_known and newest_at is not None and ledger_push.pushed_at <= newest_at:
        raise NotAllowed(f"without a token you can only add a push newer than the newest one of "
                         f"{project.name} ({newest_at:%Y-%m-%d %H:%M:%S})")
