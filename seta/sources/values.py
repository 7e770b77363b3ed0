"""One JSON value of an answer as a Python value: null, a scalar, or a list of either."""

from datetime import UTC, datetime
from math import isfinite
from typing import Any

from ..domain.limits import is_hg_revision, is_push_id


class LeftOut(Exception):
    """A row that cannot be a job result; the text is the reason that is counted."""


def text(value: Any) -> str:
    """Return a text without the space around it; "" where there is none."""
    return stripped(single(value))


def stripped(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def number(value: Any) -> float | None:
    """Return a number; digits in a string count, truth values do not."""
    value = single(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def identifier(value: Any) -> str:
    """Return an id as text, "" where there is none.

    >>> identifier(97847), identifier(97847.0), identifier("b1XyxlBTSCKiC9njkCrH3Q")
    ('97847', '97847', 'b1XyxlBTSCKiC9njkCrH3Q')
    """
    value = single(value)
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else ""
    return str(value).strip()


def push_identifier(value: Any) -> str | None:
    """Return a push id, None where there is none or the ledger cannot keep it."""
    found = identifier(value)
    return found if is_push_id(found) else None


def revision(value: Any) -> str:
    """Return a revision of 12 to 40 digits, "" where there is none."""
    found = text(value).lower()
    return found if is_hg_revision(found) else ""


def parse_epoch(value: Any) -> datetime | None:
    """Return the time of epoch seconds; None for null, for 0 and for what is out of range.

    >>> parse_epoch(1539287956)
    datetime.datetime(2018, 10, 11, 19, 59, 16, tzinfo=datetime.timezone.utc)
    """
    seconds = number(value)
    if not seconds or seconds < 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def milliseconds(seconds: float | None) -> int | None:
    """Return whole milliseconds; None for a duration below 0."""
    return None if seconds is None or not 0 <= seconds < 1e9 else round(seconds * 1000)


def tier(value: Any) -> int:
    """Return the tier, 1 where there is none."""
    found = number(value)
    return int(found) if found and 1 <= found <= 9 else 1


def single(value: Any) -> Any:
    """Return the value of a field that has one value at most; None where there is none.

    >>> single(["success", None, "success"])
    'success'
    """
    if not isinstance(value, (list, dict)):
        return value
    values = {each for each in as_list(value) if isinstance(each, (str, int, float))}
    if len(values) > 1 or isinstance(value, dict):
        raise LeftOut("several values where one belongs")
    return values.pop() if values else None


def as_list(value: Any) -> list[Any]:
    """Return a field's values: ActiveData unwraps a list of one, and makes null of an empty one.

    >>> as_list(None), as_list("opt"), as_list(["opt", None])
    ([], ['opt'], ['opt', None])
    """
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def shorten(value: Any, length: int = 200) -> str:
    """Return a value for an error message."""
    shown = repr(value)
    return shown if len(shown) <= length else f"{shown[:length]}..."
