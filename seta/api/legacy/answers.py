"""Answers of the legacy routes."""

import msgspec
from flask import Response, request

from ...errors import BadInput, CannotAnswer
from ...publish.serving import Body, ListKind, ListQuery, PreparedList, Published
from ..conditional import send
from ..context import context
from .params import date_key, day_of, quoted
from .quick import mark_repeatable

KINDS = frozenset(ListKind)
LISTS_VARY = "Accept-Encoding, User-Agent, Accept"
EMPTY = PreparedList(())


def answer(query: ListQuery) -> Response:
    """Answer with the list; raises the reason why everything runs instead.

    A decision task crashes on an empty low-value list, so where that is empty there is no good
    answer for any priority.
    """
    published = context().published
    _check_kind(published, query)
    usable = published.usable_list(query)
    if query.kind == ListKind.TASKCLUSTER and not usable.has_low_value:
        raise CannotAnswer("no task is of low value now, so everything runs")
    mark_repeatable(request.environ)
    return _send_list(usable.prepared_list, usable.snapshot_id)


def answer_nothing() -> Response:
    """Answer a proper object with an empty list: nothing is of low value, so everything runs."""
    return _send_list(EMPTY)


def send_document(payload: dict[str, object]) -> Response:
    return send(Body.of(msgspec.json.encode(payload)), vary="Accept-Encoding, Accept")


def _send_list(prepared: PreparedList, snapshot_id: int | None = None) -> Response:
    today = day_of(context().clock())
    body = prepared.body(date_key(request.args, today), today=today)
    return send(body, vary=LISTS_VARY, snapshot_id=snapshot_id)


def _check_kind(published: Published, query: ListQuery) -> None:
    """Refuse what is neither one of the three words nor a build system of any project."""
    if query.kind in KINDS:
        return
    if query.project is not None:
        known = set(published.project(query.project).build_systems)
    else:
        known = {word for each in published.projects().values() for word in each.build_systems}
    if query.kind not in known:
        raise BadInput(f"build_system_type must be taskcluster, buildbot or *, "
                       f"not {quoted(query.kind)}")
