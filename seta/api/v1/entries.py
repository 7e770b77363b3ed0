"""What overrides and renames share: how they are listed, and how one is ended."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, TypeVar

from pydantic import Field

from ...domain import Override, StoredRename
from ..context import context
from . import lookups
from .access import writer
from .fields import Json, Model, Name, Text
from .paging import Page, id_cursor, page_of

Entry = TypeVar("Entry", Override, StoredRename)
Show = Callable[[Entry, datetime], Json]
GLOB = Field(None, max_length=200, pattern=r"^[A-Za-z0-9_.+*?!\[\]-]+$")


class ListIn(Page):
    scope: Name | None = None
    active: Literal["0", "1"] = Field("0", description="1: only those that are active now.")


class EndIn(Model):
    why: Text = ""


def list_entries(
    find: Callable[..., Sequence[Entry]], query: ListIn, show: Show[Entry]
) -> Json:
    """Return one page, the newest first."""
    now = context().clock()
    with context().sessions() as session:
        return page_of(
            lambda before, limit: find(
                session, query.scope, before=id_cursor(before), limit=limit,
                active_at=now if query.active == "1" else None),
            query, key=lambda each: each.id, show=lambda each: show(each, now))


def end_entry(
    end: Callable[..., Entry], what: str, number: int, why: str, show: Show[Entry]
) -> Json:
    now = context().clock()
    with context().sessions.begin() as session:
        ended = end(session, lookups.stored_id(what, number), who=writer(), why=why, now=now)
    return show(ended, now)
