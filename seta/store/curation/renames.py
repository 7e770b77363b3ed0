"""Renames: job types that went on under another name."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...domain import NewWords, Pattern, Rename, StoredRename
from ...errors import BadInput, Conflict, NotFound
from .. import schema

GLOBS = ("platform", "build_type", "test_suite")


def add_rename(session: Session, stored: StoredRename) -> StoredRename:
    """Store a rename; return it with its id."""
    rename = stored.rename
    old = {field: getattr(rename.old, field) for field in GLOBS
           if getattr(rename.old, field) != "*"}
    row = schema.Rename(
        scope=stored.scope, old=old, new=rename.new.given, since=rename.since, who=rename.who,
        why=rename.why, created_at=stored.created_at)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise BadInput(f"the rename {rename} cannot be stored: "
                       f"{error.orig.diag.constraint_name}") from error
    return _to_rename(row)


def end_rename(session: Session, rename_id: int, *, who: str, at: datetime) -> StoredRename:
    """Let a rename be no longer believed from `at` on; raises Conflict when it ended before."""
    row = session.get(schema.Rename, rename_id, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no rename {rename_id}")
    if not _to_rename(row).is_active(at):
        raise Conflict(f"rename {rename_id} is not active at {at:%Y-%m-%d %H:%M:%S}")
    row.ended_at, row.ended_by = at, who
    session.flush()
    return _to_rename(row)


def renames(
    session: Session, scope: str | None = None, *, active_at: datetime | None = None,
    before: int | None = None, limit: int | None = None,
) -> list[StoredRename]:
    """Return renames, the newest first; `before` is the id to go on from."""
    query = select(schema.Rename).order_by(schema.Rename.id.desc()).limit(limit)
    if scope is not None:
        query = query.where(schema.Rename.scope == scope)
    if active_at is not None:
        query = query.where(
            schema.Rename.created_at <= active_at,
            or_(schema.Rename.ended_at.is_(None), schema.Rename.ended_at > active_at))
    if before is not None:
        query = query.where(schema.Rename.id < before)
    return [_to_rename(row) for row in session.scalars(query)]


def _to_rename(row: schema.Rename) -> StoredRename:
    rename = Rename(Pattern(**row.old), NewWords(**row.new), row.since, row.who, row.why)
    return StoredRename(row.scope, rename, row.created_at, row.ended_at, row.ended_by, row.id)
