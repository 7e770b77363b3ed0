"""Results and job lists of any CI, over HTTP."""

import io
from collections.abc import Collection
from typing import Any, BinaryIO

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.exceptions import UnsupportedMediaType

from ...ingest import accept_records
from ...ledger import draw_audits
from ...proof.misses import look_for_misses
from ...sources.files import record_schema
from ...store.curation.projects import project_named
from ...store.operation.audit import record_audit
from ..context import context
from .access import writer
from .fields import Json
from .json_arrays import array_as_lines

bp = APIBlueprint("results", __name__, url_prefix="/api/v1", tag="Results")
NDJSON = "application/x-ndjson"
LINES = frozenset({NDJSON, "application/ndjson", "application/jsonl"})


class RejectedOut(BaseModel):
    line: int = Field(description="Counted from 1; in an array, the number of the record.")
    reason: str


class ResultsOut(BaseModel):
    accepted: int
    rejected: list[RejectedOut] = Field(description="The first 100.")


@bp.post("/results")
@bp.output(ResultsOut)
@bp.doc(summary="Send results and job lists", security="bearer", responses={
    415: "The body is neither NDJSON nor JSON."})
def post_results() -> Json:
    """Store records of the import schema, sent as NDJSON or as a JSON array.

    Malformed records are rejected, each with the reason; the others are stored. More than 1,000
    of them are a 400, and nothing is stored. Sending records again changes nothing. The next
    analysis includes them.
    """
    with context().long_work() as sessions:
        report = accept_records(sessions, _lines(), now=context().clock())
        if report.classifications:
            _follow_stars(sessions, report.projects)
    accepted = report.results + report.jobs
    if accepted:
        with context().sessions.begin() as session:
            record_audit(
                session, who=writer(), what="hand in results", target=", ".join(report.projects),
                details=report.counts)
    return {"accepted": accepted,
            "rejected": [{"line": bad.line, "reason": bad.reason} for bad in report.bad]}


def _follow_stars(sessions: sessionmaker[Session], projects: Collection[str]) -> None:
    with sessions() as session:
        scopes = {project_named(session, name).scope for name in projects}
    for scope in sorted(scopes):
        look_for_misses(sessions, scope, now=context().clock())
        draw_audits(sessions, scope, chance=context().settings.audit, now=context().clock())


def _lines() -> BinaryIO:
    """Return the body as NDJSON, one record per line."""
    if request.mimetype in LINES:
        return io.BytesIO(request.get_data())
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(
            f"records must be {NDJSON} or application/json, not {request.mimetype!r}")
    return array_as_lines(request.get_data())


def describe(spec: Json) -> None:
    """Add the body to an OpenAPI document, with the schema of import files."""
    schemas = spec["components"]["schemas"]
    record: Json = _with_own_refs(record_schema())
    schemas |= {_record_part(name): each for name, each in record.pop("$defs").items()}
    record.pop("$schema", None)
    schemas["Record"] = record
    spec["paths"]["/api/v1/results"]["post"]["requestBody"] = {"required": True, "content": {
        "application/json": {"schema": {
            "type": "array", "items": {"$ref": "#/components/schemas/Record"}}},
        NDJSON: {"schema": {"type": "string"}},
    }}


def _record_part(name: str) -> str:
    """Name a part of the record's schema as other schemas are named: RecordMomentOrNull."""
    return "Record" + "".join(word.capitalize() for word in name.split("_"))


def _with_own_refs(value: Any) -> Any:
    """Point references within the schema to where an OpenAPI document keeps schemas."""
    if isinstance(value, dict):
        return {key: f"#/components/schemas/{_record_part(each.removeprefix('#/$defs/'))}"
                if key == "$ref" else _with_own_refs(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_own_refs(each) for each in value]
    return value
