"""Who changed what, and why."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...domain import AuditEntry
from .. import schema


def record_audit(
    session: Session, *, who: str, what: str, target: str, why: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    session.add(schema.Audit(who=who, what=what, target=target, why=why, details=details or {}))
    session.flush()


def audit_entries(
    session: Session, *, before: int | None = None, limit: int = 100,
) -> list[AuditEntry]:
    """Return what was changed, the newest first; `before` is the id to go on from."""
    query = select(schema.Audit).order_by(schema.Audit.id.desc()).limit(limit)
    if before is not None:
        query = query.where(schema.Audit.id < before)
    return [AuditEntry(row.id, row.at, row.who, row.what, row.target, row.why, row.details)
            for row in session.scalars(query)]
