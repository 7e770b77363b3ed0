"""``job-priorities``: what decision tasks have asked for since 2017."""

from flask import Blueprint, Response, request

from ...domain import Priority
from ...errors import BadInput, CannotAnswer, StoreError
from ...publish.serving import ALL, HIGH_VALUE, LOW_VALUE, ListKind, ListQuery
from .answers import answer, answer_nothing
from .params import Args, is_for_master, requested_kind, requested_priority

bp = Blueprint("job_priorities", __name__)
PRIORITIES = {
    1: HIGH_VALUE,
    2: frozenset({Priority.SECOND}),
    3: frozenset({Priority.THIRD}),
    4: frozenset(),
    5: LOW_VALUE,
}


@bp.get("/api/project/<project>/seta/job-priorities")
@bp.get("/api/project/<project>/seta/job-priorities/")
@bp.get("/api/project/<project>/seta/v1/job-priorities")
@bp.get("/api/project/<project>/seta/v1/job-priorities/")
def job_priorities(project: str) -> Response:
    """List the names of one priority on a project, of one build system or of all.

    1 is high value, 5 is low value; 2 and 3 are our own low-value priorities, and 4 is empty.
    """
    args = request.args
    kind = requested_kind(args, request.headers.get("User-Agent")) or ListKind.ANY
    query = ListQuery(project, kind, _priorities(args, kind))
    if not is_for_master(args):
        return answer(query)
    try:
        return answer(query)
    except (CannotAnswer, StoreError):  # a master fails on anything but a proper object
        return answer_nothing()


def _priorities(args: Args, kind: str) -> frozenset[Priority]:
    number = requested_priority(args)
    if number is None:
        return LOW_VALUE if kind == ListKind.TASKCLUSTER else ALL
    if number not in PRIORITIES:
        raise BadInput(f"priority is a number from 1 to 5, not {number}")
    return PRIORITIES[number]
