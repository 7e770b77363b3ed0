"""``/data/setadetails/``: what the first decision tasks, Buildbot masters and the page read."""

from flask import Blueprint, Request, Response, request
from sqlalchemy.exc import DBAPIError

from ...domain import Priority
from ...errors import SetaError
from ...publish.serving import ALL, HIGH_VALUE, LOW_VALUE, ListKind, ListQuery
from .answers import answer, answer_nothing
from .params import (
    Args, is_for_master, requested_kind, requested_priority, requested_project, requests_inactive,
)

bp = Blueprint("setadetails", __name__)
PRIORITIES = {None: LOW_VALUE, 1: HIGH_VALUE, 5: LOW_VALUE}


@bp.get("/data/setadetails")
@bp.get("/data/setadetails/")
def setadetails() -> Response:
    """List the high- or low-value job types of a branch, or of all; by default the low-value ones.

    Task labels, builder names, or triples where the request names no build system.
    """
    if not is_for_master(request.args):
        return answer(_query(request))
    try:
        return answer(_query(request))
    except (SetaError, DBAPIError):  # a master's reconfiguration fails on anything but a list
        return answer_nothing()


def _query(request: Request) -> ListQuery:
    kind = requested_kind(request.args, request.headers.get("User-Agent"))
    if kind is None or kind == ListKind.ANY:
        kind = ListKind.TRIPLES
    return ListQuery(requested_project(request.args), kind, _priorities(request.args))


def _priorities(args: Args) -> frozenset[Priority]:
    """Any number but 1 and 5 means all; `inactive` means low value, whatever the number."""
    number = requested_priority(args)
    if requests_inactive(args):
        return LOW_VALUE
    return PRIORITIES.get(number, ALL)
