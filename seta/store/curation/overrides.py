"""Overrides: a person's decision on job types, whatever the analysis says."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...domain import Override, Pattern, Priority
from ...errors import BadInput, Conflict, NotFound
from .. import schema


def add_override(session: Session, override: Override) -> Override:
    """Store an override; return it with its id. Raises BadInput when it makes no sense."""
    row = schema.Override(
        scope=override.scope, name=override.pattern.name, build_system=override.build_system,
        priority=override.priority, never_skip=override.priority is None,
        reason=override.reason, who=override.who, created_at=override.created_at,
        expires_at=override.expires_at, **_globs(override.pattern))
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise BadInput(f"the override of {override.pattern} cannot be stored: "
                       f"{error.orig.diag.constraint_name}") from error
    return _to_override(row)


def override_with_id(session: Session, override_id: int) -> Override:
    return _to_override(_row(session, override_id))


def end_override(session: Session, override_id: int, *, who: str, at: datetime) -> Override:
    """Let an override no longer hold from `at` on; raises Conflict when it has ended before."""
    row = _row(session, override_id)
    if not _to_override(row).is_active(at):
        raise Conflict(f"override {override_id} is not active at {at:%Y-%m-%d %H:%M:%S}")
    row.ended_at, row.ended_by = at, who
    session.flush()
    return _to_override(row)


def overrides(
    session: Session, scope: str | None = None, *, active_at: datetime | None = None,
    before: int | None = None, limit: int | None = None,
) -> list[Override]:
    """Return overrides, the newest first; `before` is the id to go on from."""
    query = select(schema.Override).order_by(schema.Override.id.desc()).limit(limit)
    if scope is not None:
        query = query.where(schema.Override.scope == scope)
    if active_at is not None:
        query = query.where(*_active(active_at))
    if before is not None:
        query = query.where(schema.Override.id < before)
    return [_to_override(row) for row in session.scalars(query)]


def _active(at: datetime):
    row = schema.Override
    return (row.created_at <= at, or_(row.expires_at.is_(None), row.expires_at > at),
            or_(row.ended_at.is_(None), row.ended_at > at))


def _row(session: Session, override_id: int) -> schema.Override:
    row = session.get(schema.Override, override_id, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no override {override_id}")
    return row


def _globs(pattern: Pattern) -> dict[str, str | None]:
    """The columns of a pattern's globs, where NULL is whatever."""
    fields = ("platform", "build_type", "test_suite")
    return {field: None if getattr(pattern, field) == "*" else getattr(pattern, field)
            for field in fields}


def _to_override(row: schema.Override) -> Override:
    pattern = Pattern(row.platform or "*", row.build_type or "*", row.test_suite or "*", row.name)
    priority = None if row.never_skip else Priority(row.priority)
    return Override(row.scope, pattern, priority, row.reason, row.who, row.created_at,
                    row.build_system, row.expires_at, row.ended_at, row.ended_by, row.id)
