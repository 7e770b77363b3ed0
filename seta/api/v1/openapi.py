"""The OpenAPI document, made from the code, and a page that shows it."""

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from apiflask import APIBlueprint, APIFlask
from flask import (
    Response, current_app, jsonify, make_response, render_template, send_from_directory,
)

from ... import __version__
from . import results
from .docs_page import calls_by_tag
from .fields import MAX_INT, NAME, PUSH_ID, Json
from .problems import PROBLEM_TYPE, Problem

bp = APIBlueprint(
    "documents", __name__, url_prefix="/api/v1", enable_openapi=False,
    template_folder="../templates")
STATIC = Path(__file__).parents[1] / "static"

ABOUT = """What to run on a push, why, and which jobs are still owed.

Reads are open. Writes need a token: `Authorization: Bearer <token>`. Errors are problem details
(RFC 9457). Times are UTC. Lists come in pages: to get the next page, pass `next` as `after`.
"""
PATH_PARAMETERS = {
    "project": {"type": "string", "pattern": NAME, "examples": ["autoland"]},
    "scope": {"type": "string", "pattern": NAME, "examples": ["trunk"]},
    "push_id": {"type": "string", "pattern": PUSH_ID, "examples": ["117032"]},
    "fixed_by": {"type": "string", "pattern": "^[0-9a-f]{12}$", "examples": ["9fa614d8310d"]},
}
SCHEMAS = "#/components/schemas/"
ID = {"type": "integer", "minimum": 0, "maximum": MAX_INT}
PROBLEMS = {
    "400": "The request is wrong; the answer says what and where.",
    "404": "Not found.",
    "503": "The database does not answer now.",
}
WRITE_PROBLEMS = {
    "401": "No token, or a wrong one.",
    "409": "The request conflicts with what is stored.",
    "413": "The body is too large.",
    "429": "Too many writes with this token, or from this address, in the last minute.",
}


def init_app(app: APIFlask) -> None:
    app.title, app.version, app.description = "SETA", __version__, ABOUT
    app.config.update(
        OPENAPI_VERSION="3.1.0", VALIDATION_ERROR_STATUS_CODE=400, AUTO_SERVERS=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False, AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False, SECURITY_SCHEMES={"bearer": {"type": "http", "scheme": "bearer"}})
    app.spec_processor(finish)
    app.register_blueprint(bp)


@bp.get("/openapi.json")
def openapi() -> Response:
    return jsonify(_spec())


@bp.get("/docs")
def docs() -> Response:
    """Show the document as a page; it loads nothing from other servers."""
    spec = _spec()
    page = make_response(
        render_template("api_docs.html", spec=spec, tags=calls_by_tag(spec)))
    page.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'"
    return page


@bp.get("/docs/<path:name>")
def docs_file(name: str) -> Response:
    return send_from_directory(STATIC, name, max_age=3600)


def _spec() -> Json:
    spec = cast(APIFlask, current_app).spec
    return cast(Json, spec)  # it would be a string only as YAML


def finish(spec: Json | str) -> Json:
    """Add what the generator leaves out: problems, patterns of paths, required bodies."""
    spec = cast(Json, spec)
    spec["tags"] = [{"name": name} for name in dict.fromkeys(tag["name"] for tag in spec["tags"])]
    spec["components"].setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            _finish_parameters(operation)
            _add_problems(operation, is_write=method != "get")
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
    results.describe(spec)
    _name_schemas(spec)
    return spec


def _name_schemas(spec: Json) -> None:
    """Give every schema a name that is one word, as programs that generate clients expect.

    The generator names a schema within another `RunsOut.Run`. That becomes `Run` where all
    schemas of that name are alike, and `RunsOutRun` where they are not.
    """
    schemas = spec["components"]["schemas"]
    alike = defaultdict(set)
    for name, schema in schemas.items():
        alike[_last_word(name)].add(json.dumps(_renamed(schema, _last_word), sort_keys=True))

    def new_name(name: str) -> str:
        last = _last_word(name)
        return last if len(alike[last]) == 1 else name.replace(".", "")

    for key in ("paths", "components"):
        spec[key] = _renamed(spec[key], new_name)
    spec["components"]["schemas"] = {
        new_name(name): schema | {"title": new_name(name)}
        for name, schema in sorted(spec["components"]["schemas"].items())}


def _last_word(name: str) -> str:
    return name.rpartition(".")[2]


def _renamed(value: Any, new_name: Callable[[str], str]) -> Any:
    """Return a part of the document with its references renamed."""
    if isinstance(value, dict):
        return {key: SCHEMAS + new_name(each.removeprefix(SCHEMAS)) if key == "$ref"
                else _renamed(each, new_name) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, new_name) for each in value]
    return value


def _finish_parameters(operation: Json) -> None:
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        if parameter["in"] == "path":
            is_number = schema.get("type") == "integer"
            parameter["schema"] = PATH_PARAMETERS.get(
                parameter["name"], ID if is_number else schema)
        else:
            parameter["schema"] = _without_null(schema)


def _without_null(schema: Json) -> Json:
    """Drop null from the type: a parameter is in the query, or it is not."""
    merged = {key: value for key, value in schema.items() if key not in ("anyOf", "title")}
    for choice in schema.get("anyOf", ()):
        if choice.get("type") != "null":
            merged = choice | merged
    if merged.get("default") is None:
        merged.pop("default", None)
    return merged


def _add_problems(operation: Json, *, is_write: bool) -> None:
    responses = operation["responses"]
    for status, description in (PROBLEMS | (WRITE_PROBLEMS if is_write else {})).items():
        responses.setdefault(status, {"description": description})
    for status, response in responses.items():
        if int(status) >= 400:
            response["content"] = {
                PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
