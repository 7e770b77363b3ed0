"""``/data/jobtypes/`` and ``/data/jobnames/``: all known jobs, even while no list is served."""

from flask import Blueprint, Response, request

from ...publish.serving import legacy
from ..context import context
from .answers import send_document
from .params import requested_project

bp = Blueprint("known_jobs", __name__)


@bp.get("/data/jobtypes")
@bp.get("/data/jobtypes/")
def job_types() -> Response:
    """List the job types of a branch, or of all branches, as triples."""
    return send_document(legacy.job_types(
        context().sessions, context().published, requested_project(request.args)))


@bp.get("/data/jobnames")
@bp.get("/data/jobnames/")
def job_names() -> Response:
    """List the names of a branch, or of all branches, each with what it means."""
    return send_document(legacy.job_names(
        context().sessions, context().published, requested_project(request.args)))
