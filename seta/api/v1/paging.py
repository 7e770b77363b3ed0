"""Pages of a list. A page goes on behind the last row it gave, so new rows shift nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence

from pydantic import Field

from ...errors import BadInput
from .types import LARGEST, Limited, Model

CURSOR = r"^[A-Za-z0-9_-]{1,900}$"


class Page(Model):
    limit: Limited = Field(100, description="How many at most.")
    after: str | None = Field(
        None, pattern=CURSOR, description="`next` of the page before; nothing for the first.")


def page_of(
    find: Callable[[object | None, int], Sequence], asked: Page, *, key: Callable,
    show: Callable,
) -> dict:
    """Return one page. `find` is given the key to go on behind, and how many are wanted."""
    found = find(None if asked.after is None else read_cursor(asked.after), asked.limit + 1)
    shown = found[:asked.limit]
    has_more = len(found) > asked.limit
    return {"items": [show(each) for each in shown],
            "next": make_cursor(key(shown[-1])) if has_more else None}


def make_cursor(key: str | int) -> str:
    """
    >>> read_cursor(make_cursor("test-linux64/opt-a b"))
    'test-linux64/opt-a b'
    """
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str | int:
    """Raises BadInput for what no page before can have given."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadInput(f"after={cursor!r} is no cursor: use `next` of the page before") from error
    if not isinstance(key, (str, int)) or isinstance(key, bool):
        raise BadInput(f"after={cursor!r} is no cursor: use `next` of the page before")
    return key


def id_cursor(key: object | None) -> int | None:
    """Return the id that a cursor stands for; raises BadInput when it is of another list."""
    if key is not None and not (isinstance(key, int) and 0 < key <= LARGEST**2):
        raise BadInput("`after` is the cursor of another list")
    return key


def name_cursor(key: object | None) -> str | None:
    if key is not None and (not isinstance(key, str) or "\x00" in key):
        raise BadInput("`after` is the cursor of another list")
    return key
