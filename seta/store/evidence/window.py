"""Which part of the stored data an analysis may see."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...domain import Scope
from .. import schema

END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EvidenceWindow:
    """A scope's window, half-open by push time; what became known after `known_by` is unseen."""

    scope: str
    since: datetime
    as_of: datetime
    known_by: datetime

    @property
    def last_day(self) -> date:
        """The day that may be known in part only: it is counted again, not read from the rollup."""
        return self.known_by.date()

    @property
    def last_midnight(self) -> datetime:
        return datetime.combine(self.last_day, time(), UTC)


def evidence_window(
    session: Session, scope: Scope, *, now: datetime, as_of: datetime | None = None
) -> EvidenceWindow:
    """Return what an analysis sees: everything up to `as_of` or `now`, or a whole archive.

    An archived scope without `as_of` is looked at just after its newest push, and everything in
    it was known, since nothing in an archive is the future.
    """
    known_by = as_of or now
    if as_of is None and scope.is_archived:
        known_by = END_OF_TIME
        as_of = _newest_push(session, scope.name) or now
    as_of = as_of or now
    return EvidenceWindow(scope.name, as_of - timedelta(days=scope.window_days), as_of, known_by)


def _newest_push(session: Session, scope: str) -> datetime | None:
    newest = session.scalar(
        select(func.max(schema.Push.pushed_at))
        .join(schema.Project, schema.Project.name == schema.Push.project)
        .where(schema.Project.scope == scope))
    return newest and newest + timedelta(milliseconds=1)
