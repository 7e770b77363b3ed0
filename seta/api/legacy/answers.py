"""Answers of the legacy routes."""

import msgspec
from flask import Response, request

from ...errors import BadInput, CannotAnswer
from ...publish.serving import Body, Kind, Prepared, Published, Question
from ..conditional import send
from ..context import context
from .params import date_key, day_of, quoted

KINDS = frozenset(Kind)
LISTS_VARY = "Accept-Encoding, User-Agent, Accept"
EMPTY = Prepared(())


def answer(question: Question) -> Response:
    """Answer with the list; raises the reason why everything runs instead.

    A decision task crashes on an empty low-value list, so where that is empty there is no good
    answer for any priority.
    """
    published = context().published
    _check_kind(published, question)
    served = published.served(question)
    if question.kind == Kind.TASKCLUSTER and not served.has_low_value:
        raise CannotAnswer("no task is of low value now, so everything runs")
    return _send_list(served.prepared, served.snapshot_id)


def answer_nothing() -> Response:
    """Answer a proper object with an empty list: nothing is of low value, so everything runs."""
    return _send_list(EMPTY)


def send_document(payload: dict[str, object]) -> Response:
    return send(Body.of(msgspec.json.encode(payload)), vary="Accept-Encoding, Accept")


def _send_list(prepared: Prepared, snapshot_id: int | None = None) -> Response:
    today = day_of(context().clock())
    body = prepared.body(date_key(request.args, today), today=today)
    return send(body, vary=LISTS_VARY, snapshot_id=snapshot_id)


def _check_kind(published: Published, question: Question) -> None:
    """Refuse what is neither one of the three words nor a build system of any project."""
    if question.kind in KINDS:
        return
    if question.project is not None:
        known = set(published.project(question.project).build_systems)
    else:
        known = {word for each in published.projects().values() for word in each.build_systems}
    if question.kind not in known:
        raise BadInput(f"build_system_type must be taskcluster, buildbot or *, "
                       f"not {quoted(question.kind)}")
