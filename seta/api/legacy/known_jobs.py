"""``/data/jobtypes/`` and ``/data/jobnames/``: what is known, whatever the state of the lists."""

from flask import Blueprint, Response, request

from ...publish.serving import legacy
from ..context import context
from .answers import send_document
from .params import project_asked

bp = Blueprint("known_jobs", __name__)


@bp.get("/data/jobtypes")
@bp.get("/data/jobtypes/")
def job_types() -> Response:
    """List the job types of a branch, or of all branches, as triples."""
    at_hand = context()
    return send_document(legacy.job_types(
        at_hand.sessions, at_hand.published, project_asked(request.args)))


@bp.get("/data/jobnames")
@bp.get("/data/jobnames/")
def job_names() -> Response:
    """List the names of a branch, or of all branches, each with what it means."""
    at_hand = context()
    return send_document(legacy.job_names(
        at_hand.sessions, at_hand.published, project_asked(request.args)))
