"""Pages of a list. Each starts after the last row of the one before, so new rows shift nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import Field

from ...errors import BadInput
from .fields import MAX_INT, Json, Model, PageSize

Row = TypeVar("Row")
Key = str | int
NO_CURSOR = "after={!r} is not a cursor: use `next` of the page before"
CURSOR = r"^[A-Za-z0-9_-]{1,900}$"


class Page(Model):
    limit: PageSize = Field(100, description="The most items on a page.")
    after: str | None = Field(
        None, pattern=CURSOR, description="`next` of the page before; leave it out for the first.")


def page_of(
    find: Callable[[Key | None, int], Sequence[Row]], query: Page, *,
    key: Callable[[Row], Key | None], show: Callable[[Row], Json],
) -> Json:
    """Return one page. `find` gets the key of the last row before it, and the number of rows."""
    found = find(None if query.after is None else read_cursor(query.after), query.limit + 1)
    rows = found[:query.limit]
    has_more = len(found) > query.limit
    return {"items": [show(each) for each in rows],
            "next": make_cursor(key(rows[-1])) if has_more else None}


def make_cursor(key: Key | None) -> str:
    """
    >>> read_cursor(make_cursor("test-linux64/opt-a b"))
    'test-linux64/opt-a b'
    """
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Key:
    """Raises BadInput for a text that no page can have returned."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadInput(NO_CURSOR.format(cursor)) from error
    if not isinstance(key, (str, int)) or isinstance(key, bool):
        raise BadInput(NO_CURSOR.format(cursor))
    return key


def id_cursor(key: Key | None) -> int | None:
    """Return the id that a cursor stands for; raises BadInput when it is of another list."""
    if key is None or isinstance(key, int) and 0 < key <= MAX_INT**2:
        return key
    raise BadInput("`after` is the cursor of another list")


def name_cursor(key: Key | None) -> str | None:
    if key is None or isinstance(key, str) and "\x00" not in key:
        return key
    raise BadInput("`after` is the cursor of another list")
