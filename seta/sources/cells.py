"""One cell of an answer as a Python value. A cell is null, a scalar, or a list of either."""

from datetime import UTC, datetime
from math import isfinite
from typing import Any

from ..domain.limits import is_hg_revision, is_push_id


class LeftOut(Exception):
    """A row that cannot be a job result; the text is the reason that is counted."""


def as_list(cell: Any) -> list:
    """Undo the unwrapping: a field of one value comes as a scalar, of none as null.

    >>> as_list(None), as_list("opt"), as_list(["opt", None])
    ([], ['opt'], ['opt', None])
    """
    if cell is None:
        return []
    return cell if isinstance(cell, list) else [cell]


def single(cell: Any) -> Any:
    """The value of a field that has one value at most; None where there is none.

    >>> single(["success", None, "success"])
    'success'
    """
    if not isinstance(cell, (list, dict)):
        return cell
    values = {value for value in as_list(cell) if isinstance(value, (str, int, float))}
    if len(values) > 1 or isinstance(cell, dict):
        raise LeftOut("several values where one belongs")
    return values.pop() if values else None


def text(cell: Any) -> str:
    """The words of a cell, without the space around them; "" where there are none."""
    value = single(cell)
    return value.strip() if isinstance(value, str) else ""


def number(cell: Any) -> float | None:
    """The number in a cell; digits in a string count, truth values do not."""
    value = single(cell)
    if isinstance(value, bool):
        return None
    if not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def identifier(cell: Any) -> str:
    """An id as text, "" where there is none.

    >>> identifier(97847), identifier(97847.0), identifier("b1XyxlBTSCKiC9njkCrH3Q")
    ('97847', '97847', 'b1XyxlBTSCKiC9njkCrH3Q')
    """
    value = single(cell)
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else ""
    return str(value).strip()


def push_identifier(cell: Any) -> str | None:
    """A push id, None where it is missing or is none that a ledger can keep."""
    found = identifier(cell)
    return found if is_push_id(found) else None


def revision(cell: Any) -> str:
    """A revision of 12 to 40 digits, "" where there is none."""
    found = text(cell).lower()
    return found if is_hg_revision(found) else ""


def moment(cell: Any) -> datetime | None:
    """A moment from epoch seconds; None for nothing, for 0 and for what is out of range.

    >>> moment(1539287956)
    datetime.datetime(2018, 10, 11, 19, 59, 16, tzinfo=datetime.timezone.utc)
    """
    seconds = number(cell)
    if not seconds or seconds < 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def milliseconds(seconds: float | None) -> int | None:
    """Whole milliseconds; a duration below 0 is as good as none."""
    return None if seconds is None or not 0 <= seconds < 1e9 else round(seconds * 1000)


def tier(cell: Any) -> int:
    """The tier, 1 where it is not told."""
    value = number(cell)
    return int(value) if value and 1 <= value <= 9 else 1
