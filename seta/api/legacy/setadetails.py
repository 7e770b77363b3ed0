"""``/data/setadetails/``: what the first decision tasks, Buildbot masters and the page read."""

from flask import Blueprint, Request, Response, request
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import MultiDict

from ...domain import Priority
from ...errors import SetaError
from ...publish.serving import ALL, HIGH_VALUE, LOW_VALUE, Kind, Question
from .answers import answer, answer_nothing
from .params import asks_for_inactive, is_for_master, kind_asked, number_asked, project_asked

bp = Blueprint("setadetails", __name__)
VARY = "Accept-Encoding, User-Agent, Accept"
PRIORITIES = {None: LOW_VALUE, 1: HIGH_VALUE, 5: LOW_VALUE}


@bp.get("/data/setadetails")
@bp.get("/data/setadetails/")
def setadetails() -> Response:
    """List job types of one side of a branch, or of all branches; low value unless asked.

    Task labels, builder names, or triples where the request names no build system.
    """
    if not is_for_master(request.args):
        return answer(_question(request), request, vary=VARY)
    try:
        return answer(_question(request), request, vary=VARY)
    except (SetaError, DBAPIError):  # a master's reconfiguration fails on anything but a list
        return answer_nothing(request, vary=VARY)


def _question(request: Request) -> Question:
    kind = kind_asked(request.args, request.headers.get("User-Agent"))
    if kind is None or kind == Kind.ANY:
        kind = Kind.TRIPLES
    return Question(project_asked(request.args), kind, _priorities(request.args))


def _priorities(args: MultiDict) -> frozenset[Priority]:
    """Any number but 1 and 5 means all, which `inactive` outdoes."""
    number = number_asked(args)
    if asks_for_inactive(args):
        return LOW_VALUE
    return PRIORITIES.get(number, ALL)
