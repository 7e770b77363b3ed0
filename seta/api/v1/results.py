"""Records of any CI, taken in over HTTP."""

import io
import json

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field
from werkzeug.exceptions import UnsupportedMediaType

from ...errors import BadInput
from ...ingest import accept_records
from ...sources.files import record_schema
from ...store.operation.audit import record_audit
from ..context import context
from .access import writer

bp = APIBlueprint("results", __name__, url_prefix="/api/v1", tag="Results")
NDJSON = "application/x-ndjson"
LINES = frozenset({NDJSON, "application/ndjson", "application/jsonl"})


class RejectedOut(BaseModel):
    line: int = Field(description="From 1; in an array, the number of the record.")
    reason: str


class ResultsOut(BaseModel):
    accepted: int
    rejected: list[RejectedOut] = Field(description="The first hundred.")


@bp.post("/results")
@bp.output(ResultsOut)
@bp.doc(summary="Hand in results and job lists", security="bearer", responses={
    415: "The body is neither NDJSON nor JSON."})
def post_results():
    """Take in records of the import schema, as NDJSON or as a JSON array.

    A record that is none is rejected with the reason, the rest goes in. Sent again, nothing
    changes. They are analysed with the next analysis.
    """
    report = accept_records(context().sessions, _lines(), now=context().clock())
    accepted = report.results + report.jobs
    if accepted:
        with context().sessions.begin() as session:
            record_audit(
                session, who=writer(), what="hand in results", target=", ".join(report.projects),
                details=report.counts)
    return {"accepted": accepted,
            "rejected": [{"line": bad.line, "reason": bad.reason} for bad in report.bad]}


def _lines() -> io.BytesIO:
    """Return the body as NDJSON, one record a line."""
    if request.mimetype in LINES:
        return io.BytesIO(request.get_data())
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(
            f"records come as {NDJSON} or application/json, not {request.mimetype!r}")
    records = request.get_json()
    if not isinstance(records, list):
        raise BadInput(f"the body is an array of records, not {type(records).__name__}")
    return io.BytesIO(b"\n".join(json.dumps(record).encode() for record in records))


def describe(spec: dict) -> None:
    """Put the body into an OpenAPI document, with the schema that files have."""
    schemas = spec["components"]["schemas"]
    record = _with_own_refs(record_schema())
    schemas |= {f"Record.{name}": each for name, each in record.pop("$defs").items()}
    record.pop("$schema", None)
    schemas["Record"] = record
    spec["paths"]["/api/v1/results"]["post"]["requestBody"] = {"required": True, "content": {
        "application/json": {"schema": {
            "type": "array", "items": {"$ref": "#/components/schemas/Record"}}},
        NDJSON: {"schema": {"type": "string"}},
    }}


def _with_own_refs(value: object) -> object:
    """Let references within the schema point to where an OpenAPI document keeps schemas."""
    if isinstance(value, dict):
        return {key: each.replace("#/$defs/", "#/components/schemas/Record.")
                if key == "$ref" else _with_own_refs(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_own_refs(each) for each in value]
    return value
