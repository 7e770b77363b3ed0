"""Overrides: a person's decision on job types, whatever the analysis says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..domain import JobType, Priority
from ..errors import BadInput, Conflict, NotFound
from ..names import Pattern
from . import tables


@dataclass(frozen=True, slots=True)
class Override:
    """Picks job types, also those that appear later, and says how often they run.

    A ``priority`` of None means that they are never skipped. It holds from ``created_at`` until
    just before ``expires_at`` or ``ended_at``.
    """

    scope: str
    pattern: Pattern
    priority: Priority | None
    reason: str
    who: str
    created_at: datetime
    build_system: str | None = None    # None: whatever the build system
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    id: int = 0                        # 0: not stored

    @property
    def lowers(self) -> bool:
        return self.priority is not None and not self.priority.is_high_value

    def is_active(self, at: datetime) -> bool:
        ends = [moment for moment in (self.expires_at, self.ended_at) if moment is not None]
        return self.created_at <= at and all(at < moment for moment in ends)

    def matches(self, job_type: JobType | None, name: str, build_system: str) -> bool:
        """Say whether it picks this job. Only its full name ever lowers a build."""
        if self.build_system not in (None, build_system):
            return False
        if self.lowers and self.pattern.name is None and job_type and job_type.is_build:
            return False
        return self.pattern.matches(job_type, name)

    @property
    def strength(self) -> tuple:
        """What sorts the override that counts last: never skip, then the narrowest, the newest."""
        globs = (self.pattern.platform, self.pattern.build_type, self.pattern.test_suite)
        return (self.priority is None, self.pattern.name is not None,
                sum(glob != "*" for glob in globs), self.created_at, self.id)


def strongest(
    overrides: Iterable[Override], job_type: JobType | None, name: str, build_system: str
) -> Override | None:
    """Return the one that counts for a job, of overrides that are all active."""
    matching = [override for override in overrides
                if override.matches(job_type, name, build_system)]
    return max(matching, key=lambda override: override.strength, default=None)


def add_override(session: Session, override: Override) -> Override:
    """Store an override; return it with its id. Raises BadInput when it makes no sense."""
    row = tables.Override(
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
    query = select(tables.Override).order_by(tables.Override.id.desc()).limit(limit)
    if scope is not None:
        query = query.where(tables.Override.scope == scope)
    if active_at is not None:
        query = query.where(*_active(active_at))
    if before is not None:
        query = query.where(tables.Override.id < before)
    return [_to_override(row) for row in session.scalars(query)]


def _active(at: datetime):
    row = tables.Override
    return (row.created_at <= at, or_(row.expires_at.is_(None), row.expires_at > at),
            or_(row.ended_at.is_(None), row.ended_at > at))


def _row(session: Session, override_id: int) -> tables.Override:
    row = session.get(tables.Override, override_id, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no override {override_id}")
    return row


def _globs(pattern: Pattern) -> dict[str, str | None]:
    """The columns of a pattern's globs, where NULL is whatever."""
    fields = ("platform", "build_type", "test_suite")
    return {field: None if getattr(pattern, field) == "*" else getattr(pattern, field)
            for field in fields}


def _to_override(row: tables.Override) -> Override:
    pattern = Pattern(row.platform or "*", row.build_type or "*", row.test_suite or "*", row.name)
    priority = None if row.never_skip else Priority(row.priority)
    return Override(row.scope, pattern, priority, row.reason, row.who, row.created_at,
                    row.build_system, row.expires_at, row.ended_at, row.ended_by, row.id)
