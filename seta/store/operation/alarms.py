"""What a person must look at."""

import logging

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ...domain import Alarm
from .. import schema

logger = logging.getLogger(__name__)


def raise_alarm(session: Session, subject: str, message: str) -> None:
    """Raise an alarm; if it is already open, update its message and time."""
    logger.error("alarm: %s: %s", subject, message)
    statement = insert(schema.Alarm).values(subject=subject, message=message)
    session.execute(statement.on_conflict_do_update(
        index_elements=["subject"], index_where=schema.Alarm.cleared_at.is_(None),
        set_={"message": statement.excluded.message, "last_at": func.now()}))


def clear_alarm(session: Session, subject: str) -> None:
    session.execute(
        update(schema.Alarm)
        .where(schema.Alarm.subject == subject, schema.Alarm.cleared_at.is_(None))
        .values(cleared_at=func.now()))


def clear_ingest_alarms(session: Session, project: str) -> None:
    """Clear what a source of a project was to blame for: it no longer feeds it."""
    for subject in (f"ingest {project}", f"ingest {project}: set aside"):
        clear_alarm(session, subject)


def open_alarms(session: Session) -> list[Alarm]:
    query = (select(schema.Alarm).where(schema.Alarm.cleared_at.is_(None))
             .order_by(schema.Alarm.raised_at, schema.Alarm.id))
    return [Alarm(row.subject, row.message, row.raised_at, row.last_at)
            for row in session.scalars(query)]
