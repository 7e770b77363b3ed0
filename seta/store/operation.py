"""Runs, alarms and the audit table."""

import logging
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..domain import Alarm, AuditEntry, Run
from . import tables

logger = logging.getLogger(__name__)


def start_run(
    session: Session, task: str, *, now: datetime, source: str = "", project: str = "",
    scope: str = "",
) -> int:
    """Record that a piece of work began; return its id for `end_run`."""
    row = tables.Run(task=task, source=source, project=project, scope=scope, started_at=now,
                     status="running", counts={})
    session.add(row)
    session.flush()
    return row.id


def end_run(
    session: Session, run_id: int, *, status: str, now: datetime, counts: dict,
    error: str | None = None,
) -> None:
    session.execute(
        update(tables.Run).where(tables.Run.id == run_id)
        .values(status=status, ended_at=now, counts=counts, error=error))


def stop_unfinished_runs(session: Session, *, now: datetime) -> int:
    """Mark what a killed program left running; return how many there were."""
    return session.execute(
        update(tables.Run).where(tables.Run.status == "running")
        .values(status="stopped", ended_at=now, error="the program ended in the middle")).rowcount


def runs(
    session: Session, *, task: str | None = None, before: int | None = None, limit: int = 100,
) -> list[Run]:
    """Return runs, the newest first; `before` is the id to go on from."""
    query = select(tables.Run).order_by(tables.Run.id.desc()).limit(limit)
    if task is not None:
        query = query.where(tables.Run.task == task)
    if before is not None:
        query = query.where(tables.Run.id < before)
    return [Run(row.id, row.task, row.source, row.project, row.scope, row.started_at,
                row.ended_at, row.status, row.counts, row.error)
            for row in session.scalars(query)]


def raise_alarm(session: Session, subject: str, message: str) -> None:
    """Open an alarm, or say of the open one that it is still so."""
    logger.error("alarm: %s: %s", subject, message)
    statement = insert(tables.Alarm).values(subject=subject, message=message)
    session.execute(statement.on_conflict_do_update(
        index_elements=["subject"], index_where=tables.Alarm.cleared_at.is_(None),
        set_={"message": statement.excluded.message, "last_at": func.now()}))


def clear_alarm(session: Session, subject: str) -> None:
    session.execute(
        update(tables.Alarm)
        .where(tables.Alarm.subject == subject, tables.Alarm.cleared_at.is_(None))
        .values(cleared_at=func.now()))


def open_alarms(session: Session) -> list[Alarm]:
    query = (select(tables.Alarm).where(tables.Alarm.cleared_at.is_(None))
             .order_by(tables.Alarm.raised_at, tables.Alarm.id))
    return [Alarm(row.subject, row.message, row.raised_at, row.last_at)
            for row in session.scalars(query)]


def record_audit(
    session: Session, *, who: str, what: str, target: str, why: str = "",
    details: dict | None = None,
) -> None:
    session.add(tables.Audit(who=who, what=what, target=target, why=why, details=details or {}))
    session.flush()


def audit_entries(
    session: Session, *, before: int | None = None, limit: int = 100,
) -> list[AuditEntry]:
    """Return what was changed, the newest first; `before` is the id to go on from."""
    query = select(tables.Audit).order_by(tables.Audit.id.desc()).limit(limit)
    if before is not None:
        query = query.where(tables.Audit.id < before)
    return [AuditEntry(row.id, row.at, row.who, row.what, row.target, row.why, row.details)
            for row in session.scalars(query)]
