"""Renames: job types that continue under a new name."""

from datetime import datetime

from sqlalchemy.orm import Session

from ...domain import NewFields, Pattern, Rename, StoredRename
from .. import schema
from .changes import constraints, entry_rows, end_entry

GLOBS = ("platform", "build_type", "test_suite")


def add_rename(session: Session, stored: StoredRename) -> StoredRename:
    """Store a rename; return it with its id."""
    rename = stored.rename
    old = {field: getattr(rename.old, field) for field in GLOBS
           if getattr(rename.old, field) != "*"}
    row = schema.Rename(
        scope=stored.scope, old=old, new=rename.new.changes, since=rename.since, who=rename.who,
        why=rename.why, created_at=stored.created_at)
    with constraints(session, f"the rename {rename}"):
        session.add(row)
    return _to_rename(row)


def end_rename(session: Session, rename_id: int, *, who: str, at: datetime) -> StoredRename:
    """End a rename at `at`. Raises NotFound, and Conflict for one that is not active then."""
    return end_entry(session, schema.Rename, rename_id, _to_rename, who=who, at=at)


def renames(
    session: Session, scope: str | None = None, *, active_at: datetime | None = None,
    before: int | None = None, limit: int | None = None,
) -> list[StoredRename]:
    """Return renames, the newest first; `before` is the last id of the page before."""
    rows = entry_rows(
        session, schema.Rename, scope, active_at=active_at, before=before, limit=limit)
    return [_to_rename(row) for row in rows]


def _to_rename(row: schema.Rename) -> StoredRename:
    rename = Rename(Pattern(**row.old), NewFields(**row.new), row.since, row.who, row.why)
    return StoredRename(row.scope, rename, row.created_at, row.ended_at, row.ended_by, row.id)
