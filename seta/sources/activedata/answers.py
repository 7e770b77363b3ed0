"""Answers decoded to rows by their own header, whatever the order of the columns.

We ask for the format `table`; older servers answered with `list` or `cube` all the same.
"""

import re
from http import HTTPStatus
from typing import Any

import msgspec

from ...errors import SourceGarbled, SourceRefused
from ..http import Answer
from ..job_rows import Row
from ..values import shorten

VARIABLE = re.compile(r"\{\{\s*([^|}\s]+)[^}]*\}\}")  # {{name}}, {{name|json}}
MAX_LENGTH = 1000
MAX_DEPTH = 20  # causes of causes


def decode_rows(answer: Any, needed: tuple[str, ...], what: str) -> list[Row]:
    """Return an answer's rows as column -> value. Raises SourceGarbled for any other shape."""
    if not isinstance(answer, dict) or "data" not in answer:
        raise SourceGarbled(f"{what}: the answer has no data: {shorten(answer)}")
    data = answer["data"]
    if "header" in answer:
        return _from_table(answer["header"], data, needed, what)
    if isinstance(data, dict):
        return _from_cube(data, needed, what)
    if isinstance(data, list) and _is_list_format(answer):
        return _from_list(data, what)
    raise SourceGarbled(f"{what}: the answer has no header: {shorten(answer)}")


def _from_table(header: Any, data: Any, needed: tuple[str, ...], what: str) -> list[Row]:
    if not isinstance(header, list) or not isinstance(data, list):
        raise SourceGarbled(f"{what}: header and data must be lists, not {shorten(header)}")
    names = [_column_name(each, what) for each in header]
    _check_columns(names, needed, what)
    for row in data:
        if not isinstance(row, list) or len(row) != len(names):
            raise SourceGarbled(f"{what}: a row does not have {len(names)} values: {shorten(row)}")
    return [dict(zip(names, row)) for row in data]


def _column_name(column: Any, what: str) -> str:
    """Return a column's name: itself since 2018, in {"name": ...} before."""
    name = column.get("name") if isinstance(column, dict) else column
    if not isinstance(name, str):
        raise SourceGarbled(f"{what}: {shorten(column)} in the header is not a column")
    return name


def _from_cube(data: dict[str, Any], needed: tuple[str, ...], what: str) -> list[Row]:
    if not data:
        return []  # what an empty cube looks like
    _check_columns(list(data), needed, what)
    if not all(isinstance(column, list) for column in data.values()):
        raise SourceGarbled(f"{what}: a column of the cube is not a list: {shorten(data)}")
    if len({len(column) for column in data.values()}) > 1:
        lengths = {name: len(column) for name, column in data.items()}
        raise SourceGarbled(f"{what}: the columns of the cube differ in length: {lengths}")
    return [dict(zip(data, row)) for row in zip(*data.values())]


def _is_list_format(answer: dict[str, Any]) -> bool:
    """Return whether the data is rows of the format `list`, which has no header."""
    meta = answer.get("meta")
    format = meta.get("format") if isinstance(meta, dict) else None
    if format is not None:
        return bool(format == "list")
    return bool(answer["data"]) and isinstance(answer["data"][0], dict)


def _from_list(data: list[Any], what: str) -> list[Row]:
    for row in data:
        if not isinstance(row, dict):
            raise SourceGarbled(f"{what}: a row is not an object: {shorten(row)}")
    return data  # nulls are left out here, so any column may be missing


def _check_columns(names: list[str], needed: tuple[str, ...], what: str) -> None:
    missing = [name for name in needed if name not in names]
    if missing:
        raise SourceGarbled(f"{what}: the answer has no column {', '.join(missing)}")


def refusal(answer: Answer, what: str) -> SourceRefused:
    """Return the error for an answer that is not good, with ActiveData's own explanation."""
    return SourceRefused(f"{what}: ActiveData answered {answer.status}: {_explanation(answer)}")


def _explanation(answer: Answer) -> str:
    if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and not answer.body.strip():
        return "the query is too large"
    try:
        chain = msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return answer.excerpt or "nothing"
    return "; caused by: ".join(_messages(chain))[:MAX_LENGTH] or answer.excerpt


def _messages(chain: Any, depth: int = 0) -> list[str]:
    """Return the messages of a chain of exceptions, the outermost first."""
    if depth > MAX_DEPTH:
        return []
    if isinstance(chain, list):
        return [message for each in chain for message in _messages(each, depth + 1)]
    if isinstance(chain, str):
        return [chain]
    if not isinstance(chain, dict):
        return []
    own = _filled(chain.get("template"), chain.get("params"))
    return ([own] if own else []) + _messages(chain.get("cause"), depth + 1)


def _filled(template: Any, params: Any) -> str:
    """Fill in a template.

    >>> _filled("no column {{name|quote}} in {{table}}", {"name": "a.b", "table": {"id": 1}})
    'no column a.b in {"id":1}'
    """
    if not isinstance(template, str):
        return ""
    known = params if isinstance(params, dict) else {}

    def value_of(match: re.Match[str]) -> str:
        value = known.get(match[1], match[0])
        return value if isinstance(value, str) else msgspec.json.encode(value).decode()

    return VARIABLE.sub(value_of, template).strip()
