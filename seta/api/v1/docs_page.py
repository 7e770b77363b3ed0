"""What the documentation page shows, read from the OpenAPI document."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from .fields import Json

METHODS = ("get", "put", "post", "patch", "delete")
MAX_DEPTH = 2  # objects within objects that are shown


@dataclass(frozen=True, slots=True)
class FieldView:
    name: str
    kind: str          # "path", "query", "body"
    type: str
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class CallView:
    """One method of one path."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    needs_token: bool
    fields: tuple[FieldView, ...]
    answers: tuple[tuple[str, str], ...]         # status, description
    answer_fields: tuple[FieldView, ...]
    curl: str


def calls_by_tag(spec: Json) -> dict[str, list[CallView]]:
    """Return the calls under their tags, in the document's order of tags."""
    found: dict[str, list[CallView]] = {tag["name"]: [] for tag in spec.get("tags", ())}
    for path, operations in sorted(spec["paths"].items()):
        for method in METHODS:
            if method in operations:
                call = operations[method]
                found.setdefault(call["tags"][0], []).append(_call(spec, path, method, call))
    return {tag: calls for tag, calls in found.items() if calls}


def _call(spec: Json, path: str, method: str, call: Json) -> CallView:
    fields = tuple(_parameters(call)) + tuple(_body(spec, call))
    good = next(answer for status, answer in call["responses"].items() if status < "300")
    return CallView(
        anchor=f"{method}-{path.strip('/').replace('/', '-')}".replace("{", "").replace("}", ""),
        method=method.upper(), path=path, summary=call.get("summary", ""),
        description=call.get("description", ""), needs_token="security" in call, fields=fields,
        answers=tuple((status, answer["description"])
                      for status, answer in sorted(call["responses"].items())),
        answer_fields=tuple(_fields(spec, _json_schema(good), "answer")),
        curl=_curl(path, method, call, fields))


def _parameters(call: Json) -> Iterator[FieldView]:
    for each in call.get("parameters", ()):
        schema = each["schema"]
        yield FieldView(each["name"], each["in"], _type(schema), each.get("required", False),
                        schema.get("description", each.get("description", "")))


def _body(spec: Json, call: Json) -> Iterator[FieldView]:
    yield from _fields(spec, _json_schema(call.get("requestBody", {})), "body")


def _json_schema(holder: Json) -> Json:
    schema: Json = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _fields(
    spec: Json, schema: Json, kind: str, *, within: str = "", depth: int = 0
) -> Iterator[FieldView]:
    """Yield the fields of an object, each followed by the fields of the objects in it."""
    schema = _resolved(spec, schema)
    required = set(schema.get("required", ()))
    for name, each in schema.get("properties", {}).items():
        yield FieldView(within + name, kind, _type(each), name in required,
                        each.get("description", ""))
        inner, mark = _inner(each)
        if inner and depth < MAX_DEPTH:
            yield from _fields(spec, inner, kind, within=f"{within}{name}{mark}.",
                               depth=depth + 1)
    if schema.get("type") == "array":
        yield FieldView("[ ]", kind, _type(schema), True, schema.get("description", ""))


def _inner(schema: Json) -> tuple[Json, str]:
    """Return the object in a field, and how it is marked in names: of lists as ``[]``."""
    for each in (schema, *schema.get("anyOf", ())):
        if "$ref" in each:
            return each, ""
        if "$ref" in each.get("items", {}):
            return each["items"], "[]"
    return {}, ""


def _resolved(spec: Json, schema: Json) -> Json:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Json = spec["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def _type(schema: Json) -> str:
    """Name the type of a value in short.

    >>> _type({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]})
    'date-time or null'
    """
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].rpartition(".")[2]
    if "anyOf" in schema:
        return " or ".join(_type(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "any"))


def _curl(path: str, method: str, call: Json, fields: tuple[FieldView, ...]) -> str:
    words = ["curl"]
    if method != "get":
        words.append(f"-X {method.upper()}")
    if "security" in call:
        words.append('-H "Authorization: Bearer $SETA_TOKEN"')
    if any(field.kind == "body" for field in fields):
        words.append("-H 'Content-Type: application/json' -d @body.json")
    needed = [f"{field.name}=..." for field in fields
              if field.kind == "query" and field.is_required]
    query = f"?{'&'.join(needed)}" if needed else ""
    return " ".join([*words, f'"$SETA_URL{path}{query}"'])
