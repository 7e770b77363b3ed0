"""Answers decoded to rows by their own header, whatever the order of the columns.

Format `table` is asked for; older servers answered `list` or `cube` all the same.
"""

import re
from http import HTTPStatus
from typing import Any

import msgspec

from ...errors import SourceGarbled, SourceRefused
from ..http import Answer

Row = dict[str, Any]

VARIABLE = re.compile(r"\{\{\s*([^|}\s]+)[^}]*\}\}")  # {{name}}, {{name|json}}
LONGEST = 1000
DEEPEST = 20  # causes of causes


def decode_rows(answer: Any, needed: tuple[str, ...], what: str) -> list[Row]:
    """Return an answer's rows as column -> cell. Raises SourceGarbled for any other shape."""
    if not isinstance(answer, dict) or "data" not in answer:
        raise SourceGarbled(f"{what}: the answer has no data: {shorten(answer)}")
    data = answer["data"]
    if "header" in answer:
        return from_table(answer["header"], data, needed, what)
    if isinstance(data, dict):
        return from_cube(data, needed, what)
    if isinstance(data, list) and says_list(answer):
        return from_list(data, what)
    raise SourceGarbled(f"{what}: the answer has no header: {shorten(answer)}")


def from_table(header: Any, data: Any, needed: tuple[str, ...], what: str) -> list[Row]:
    if not isinstance(header, list) or not isinstance(data, list):
        raise SourceGarbled(f"{what}: header and data are lists, not {shorten(header)}")
    names = [column_name(each, what) for each in header]
    check_columns(names, needed, what)
    for row in data:
        if not isinstance(row, list) or len(row) != len(names):
            raise SourceGarbled(f"{what}: a row has not {len(names)} cells: {shorten(row)}")
    return [dict(zip(names, row)) for row in data]


def from_list(data: list, what: str) -> list[Row]:
    for row in data:
        if not isinstance(row, dict):
            raise SourceGarbled(f"{what}: a row is no object: {shorten(row)}")
    return data  # nulls are left out here, so no column can be insisted on


def from_cube(data: dict, needed: tuple[str, ...], what: str) -> list[Row]:
    if not data:
        return []  # what an empty cube looks like
    check_columns(list(data), needed, what)
    if not all(isinstance(column, list) for column in data.values()):
        raise SourceGarbled(f"{what}: a column of the cube is no list: {shorten(data)}")
    if len({len(column) for column in data.values()}) > 1:
        lengths = {name: len(column) for name, column in data.items()}
        raise SourceGarbled(f"{what}: the columns of the cube differ in length: {lengths}")
    return [dict(zip(data, row)) for row in zip(*data.values())]


def says_list(answer: dict) -> bool:
    """Say whether a bare list of rows is meant as one."""
    meta = answer.get("meta")
    told = meta.get("format") if isinstance(meta, dict) else None
    if told is not None:
        return told == "list"
    return bool(answer["data"]) and isinstance(answer["data"][0], dict)


def column_name(each: Any, what: str) -> str:
    """A header is of strings since 2018, of {"name": ...} before."""
    name = each.get("name") if isinstance(each, dict) else each
    if not isinstance(name, str):
        raise SourceGarbled(f"{what}: {shorten(each)} in the header is no column")
    return name


def check_columns(names: list[str], needed: tuple[str, ...], what: str) -> None:
    missing = [name for name in needed if name not in names]
    if missing:
        raise SourceGarbled(f"{what}: the answer has no column {', '.join(missing)}")


def shorten(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 200 else f"{shown[:200]}..."


def refusal(answer: Answer, what: str) -> SourceRefused:
    """Return the error for an answer that is not good."""
    return SourceRefused(f"{what}: ActiveData answered {answer.status}: {reason(answer)}")


def reason(answer: Answer) -> str:
    """ActiveData's own words, or the start of the body where they cannot be made out."""
    if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and not answer.body.strip():
        return "the query is too large"
    try:
        chain = msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return answer.excerpt or "nothing"
    said = "; caused by: ".join(messages(chain))
    return said[:LONGEST] or answer.excerpt


def messages(chain: Any, depth: int = 0) -> list[str]:
    """The messages of a chain of exceptions, the outermost first."""
    if depth > DEEPEST:
        return []
    if isinstance(chain, list):
        return [said for each in chain for said in messages(each, depth + 1)]
    if isinstance(chain, str):
        return [chain]
    if not isinstance(chain, dict):
        return []
    own = [render(chain.get("template"), chain.get("params"))]
    return [said for said in own if said] + messages(chain.get("cause"), depth + 1)


def render(template: Any, params: Any) -> str:
    """Fill a template in.

    >>> render("no column {{name|quote}} in {{table}}", {"name": "a.b", "table": {"id": 1}})
    'no column a.b in {"id":1}'
    """
    if not isinstance(template, str):
        return ""
    known = params if isinstance(params, dict) else {}
    return VARIABLE.sub(lambda match: shown(known, match[1], match[0]), template).strip()


def shown(params: dict, name: str, unknown: str) -> str:
    value = params.get(name, unknown)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
