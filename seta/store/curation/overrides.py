"""Overrides: a person's decision on job types, whatever the analysis says."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, or_, select
from sqlalchemy.orm import Session

from ...domain import Override, Pattern, Priority
from .. import schema
from .changes import constraints, entry_row, entry_rows, end_entry

# Columns, not objects: each push asks.
SINCE = (
    select(*schema.Override.__table__.columns)
    .where(schema.Override.scope == bindparam("scope"),
           or_(schema.Override.ended_at.is_(None),
               schema.Override.ended_at > bindparam("since")),
           or_(schema.Override.expires_at.is_(None),
               schema.Override.expires_at > bindparam("since")))
    .order_by(schema.Override.id.desc()))


def add_override(session: Session, override: Override) -> Override:
    """Store an override; return it with its id. Raises BadInput if a constraint refuses it."""
    row = schema.Override(
        scope=override.scope, name=override.pattern.name, build_system=override.build_system,
        priority=override.priority, never_skip=override.priority is None,
        reason=override.reason, who=override.who, created_at=override.created_at,
        expires_at=override.expires_at, **_globs(override.pattern))
    with constraints(session, f"the override of {override.pattern}"):
        session.add(row)
    return _to_override(row)


def override_with_id(session: Session, override_id: int) -> Override:
    """Return an override; raises NotFound."""
    return _to_override(entry_row(session, schema.Override, override_id))


def end_override(session: Session, override_id: int, *, who: str, at: datetime) -> Override:
    """End an override at `at`. Raises NotFound, and Conflict for one that is not active then."""
    return end_entry(session, schema.Override, override_id, _to_override, who=who, at=at)


def overrides(
    session: Session, scope: str | None = None, *, active_at: datetime | None = None,
    before: int | None = None, limit: int | None = None,
) -> list[Override]:
    """Return overrides, the newest first; `before` is the last id of the page before."""
    rows = entry_rows(
        session, schema.Override, scope, active_at=active_at, before=before, limit=limit)
    return [_to_override(row) for row in rows]


def overrides_since(session: Session, scope: str, since: datetime) -> list[Override]:
    """Return the overrides of a scope that were active then or later."""
    return [_to_override(row) for row in session.execute(
        SINCE, {"scope": scope, "since": since})]


def _globs(pattern: Pattern) -> dict[str, str | None]:
    """The columns of a pattern's globs, where NULL matches anything."""
    fields = ("platform", "build_type", "test_suite")
    return {field: None if getattr(pattern, field) == "*" else getattr(pattern, field)
            for field in fields}


def _to_override(row: schema.Override | Row[Any]) -> Override:
    pattern = Pattern(row.platform or "*", row.build_type or "*", row.test_suite or "*", row.name)
    priority = None if row.priority is None else Priority(row.priority)
    return Override(row.scope, pattern, priority, row.reason, row.who, row.created_at,
                    row.build_system, row.expires_at, row.ended_at, row.ended_by, row.id)
