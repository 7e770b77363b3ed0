"""Who changed what, and why."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...domain import AuditEntry
from .. import schema
from ..paging import newest_first


def record_audit(
    session: Session, *, who: str, what: str, target: str, why: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    session.add(schema.Audit(who=who, what=what, target=target, why=why, details=details or {}))
    session.flush()


def audit_entries(
    session: Session, *, before: int | None = None, limit: int = 100,
) -> list[AuditEntry]:
    """Return what was changed, the newest first; `before` is the last id of the page before."""
    query = newest_first(select(schema.Audit), schema.Audit.id, before=before, limit=limit)
    return [AuditEntry(row.id, row.at, row.who, row.what, row.target, row.why, row.details)
            for row in session.scalars(query)]
