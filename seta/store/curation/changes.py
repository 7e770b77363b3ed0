"""Shared by overrides and renames: constraint violations as BadInput, and ending an entry.

An entry (an override, a rename) is never removed: it records when it ended and who ended it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from psycopg2 import Error as DriverError
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...domain import Override, StoredRename
from ...errors import BadInput, Conflict, NotFound
from .. import schema
from ..paging import newest_first

Row = TypeVar("Row", schema.Override, schema.Rename)
Entry = TypeVar("Entry", Override, StoredRename)


@contextmanager
def constraints(session: Session, what: str) -> Iterator[None]:
    """Raise BadInput, naming the constraint, for a violation; the transaction goes on."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        why = error.orig.diag.constraint_name if isinstance(error.orig, DriverError) else error
        raise BadInput(f"{what} cannot be stored: {why}") from error


def end_entry(
    session: Session, table: type[Row], row_id: int, to_entry: Callable[[Row], Entry], *,
    who: str, at: datetime,
) -> Entry:
    """End an entry; raises NotFound, and Conflict for one that is not active then."""
    row = entry_row(session, table, row_id, lock=True)
    if not to_entry(row).is_active(at):
        raise Conflict(f"{_name(table)} {row_id} is not active at {at:%Y-%m-%d %H:%M:%S}")
    row.ended_at, row.ended_by = at, who
    session.flush()
    return to_entry(row)


def entry_row(session: Session, table: type[Row], row_id: int, *, lock: bool = False) -> Row:
    row = session.get(table, row_id, with_for_update=lock or None)
    if row is None:
        raise NotFound(f"there is no {_name(table)} {row_id}")
    return row


def entry_rows(
    session: Session, table: type[Row], scope: str | None, *, active_at: datetime | None,
    before: int | None, limit: int | None,
) -> list[Row]:
    """Return rows, the newest first; `before` is the last id of the page before."""
    query = newest_first(select(table), table.id, before=before, limit=limit)
    if scope is not None:
        query = query.where(table.scope == scope)
    if active_at is not None:
        query = query.where(table.created_at <= active_at,
                            or_(table.ended_at.is_(None), table.ended_at > active_at))
    if active_at is not None and issubclass(table, schema.Override):
        query = query.where(or_(table.expires_at.is_(None), table.expires_at > active_at))
    return list(session.scalars(query))


def _name(table: type[Row]) -> str:
    return table.__name__.lower()  # "override"
