"""``/data/jobtypes/`` and ``/data/jobnames/``: what is known, whatever the state of the lists."""

from flask import Blueprint, Response, request

from ...publish import legacy_reads
from ..parts import parts
from .asked import project_asked
from .documents import send_document

bp = Blueprint("known_jobs", __name__)


@bp.get("/data/jobtypes")
@bp.get("/data/jobtypes/")
def job_types() -> Response:
    """List the job types of a branch, or of all branches, as triples."""
    at_hand = parts()
    return send_document(legacy_reads.job_types(
        at_hand.sessions, at_hand.published, project_asked(request.args)))


@bp.get("/data/jobnames")
@bp.get("/data/jobnames/")
def job_names() -> Response:
    """List the names of a branch, or of all branches, each with what it means."""
    at_hand = parts()
    return send_document(legacy_reads.job_names(
        at_hand.sessions, at_hand.published, project_asked(request.args)))
