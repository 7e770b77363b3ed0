"""How far a project's results from a source are complete, and which slices could not be fetched.

Times of a ``push`` slice are push times, of a ``modified`` slice times of last change.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ...domain.limits import CLOCK_SKEW
from .. import schema

Row, FailedRow = schema.Watermark, schema.FailedSlice

SET_ASIDE_AFTER = 3  # runs in which a slice failed while others succeeded


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far a source was queried for a project; None where it never was."""

    reached_at: datetime | None = None    # everything before it is in, except what was set aside
    succeeded_at: datetime | None = None  # end of the last run that left nothing open
    fill_until: datetime | None = None    # the first fill ends there...
    filled_to: datetime | None = None     # ...and has reached this push time
    asked_to: datetime | None = None      # the stream has reached this time of change

    @property
    def is_filled(self) -> bool:
        return self.asked_to is not None


@dataclass(frozen=True, slots=True)
class FailedSlice:
    """A span of a source that could not be fetched."""

    source: str
    project: str
    by: str
    start: datetime
    end: datetime
    failures: int
    is_set_aside: bool
    error: str


def watermark(session: Session, *, source: str, project: str) -> Watermark:
    row = session.get(Row, (project, source), populate_existing=True)
    if row is None:
        return Watermark()
    return Watermark(row.reached_at, row.succeeded_at, row.fill_until, row.filled_to,
                     row.asked_to)


def start_fill(
    session: Session, *, source: str, project: str, start: datetime, end: datetime
) -> None:
    """Begin the first fill by push time, unless it has begun already."""
    session.execute(
        insert(Row).values(project=project, source=source, fill_until=end, filled_to=start)
        .on_conflict_do_update(
            index_elements=["project", "source"],
            set_={"fill_until": end, "filled_to": start}, where=Row.fill_until.is_(None)))


def forget_fill(session: Session, *, source: str, project: str) -> None:
    """Forget how far a source was queried for a project, so that the first fill is done again."""
    session.execute(delete(Row).where(Row.project == project, Row.source == source))


def move_fill(session: Session, *, source: str, project: str, to: datetime) -> None:
    """Record that the fill has queried up to `to`; the stream starts where the fill began."""
    row = _locked(session, source=source, project=project)
    row.filled_to = max(row.filled_to or to, to)
    if row.fill_until is not None and row.filled_to >= row.fill_until:
        row.asked_to = row.asked_to or row.fill_until
    _settle(session, row)


def move_stream(session: Session, *, source: str, project: str, to: datetime) -> None:
    """Record that the stream has queried up to `to`; the watermark stops at what is missing."""
    row = _locked(session, source=source, project=project)
    row.asked_to = max(row.asked_to or to, to)
    _settle(session, row)


def rewind_stream(
    session: Session, *, source: str, project: str, to: datetime
) -> Watermark:
    """Go back to this time of change, from which everything is asked for again."""
    row = _locked(session, source=source, project=project)
    row.asked_to = row.reached_at = to
    session.flush()
    return watermark(session, source=source, project=project)


def record_success(session: Session, *, source: str, project: str, now: datetime) -> None:
    """Record that nothing of a project is missing now, except what was set aside.

    A success that is ahead of the clock, which was wrong then, does not outlive this one.
    """
    known = case((Row.succeeded_at > now + CLOCK_SKEW, now), else_=Row.succeeded_at)
    session.execute(
        insert(Row).values(project=project, source=source, succeeded_at=now)
        .on_conflict_do_update(
            index_elements=["project", "source"],
            set_={"succeeded_at": func.greatest(known, now)}))


def record_failed_slice(
    session: Session, *, source: str, project: str, by: str, start: datetime, end: datetime,
    error: str, now: datetime,
) -> FailedSlice:
    """Count one more run in which a slice failed, and set it aside at the third."""
    first = insert(FailedRow).values(
        source=source, project=project, by=by, starts_at=start, ends_at=end, failures=1,
        is_set_aside=False, error=error, failed_at=now)
    row = session.scalars(first.on_conflict_do_update(
        index_elements=["source", "project", "by", "starts_at", "ends_at"],
        set_={"failures": FailedRow.failures + 1, "error": error, "failed_at": now,
              "is_set_aside": FailedRow.failures + 1 >= SET_ASIDE_AFTER},
    ).returning(FailedRow), execution_options={"populate_existing": True}).one()
    _follow(session, source=source, project=project)
    return _to_failed(row)


def forget_failed_slice(
    session: Session, *, source: str, project: str, by: str, start: datetime, end: datetime
) -> None:
    """Record that a slice was fetched: nothing inside it is missing, and the watermark follows."""
    session.execute(delete(FailedRow).where(
        FailedRow.source == source, FailedRow.project == project, FailedRow.by == by,
        FailedRow.starts_at >= start, FailedRow.ends_at <= end))
    _follow(session, source=source, project=project)


def failed_slices(
    session: Session, *, source: str | None = None, project: str | None = None,
) -> list[FailedSlice]:
    """Return the slices that failed, set aside or not, the oldest first."""
    query = select(FailedRow).order_by(
        FailedRow.source, FailedRow.project, FailedRow.starts_at, FailedRow.by)
    if source is not None:
        query = query.where(FailedRow.source == source)
    if project is not None:
        query = query.where(FailedRow.project == project)
    rows = session.scalars(query, execution_options={"populate_existing": True})
    return [_to_failed(row) for row in rows]


def _follow(session: Session, *, source: str, project: str) -> None:
    """Update the watermark, if any, from the failed slices."""
    if session.get(Row, (project, source)) is not None:
        _settle(session, _locked(session, source=source, project=project))


def _settle(session: Session, row: schema.Watermark) -> None:
    """Move the watermark up to the first slice that is missing and not set aside, never back."""
    session.flush()
    if row.asked_to is None:
        return
    missing = session.scalar(select(func.min(FailedRow.starts_at)).where(
        FailedRow.source == row.source, FailedRow.project == row.project,
        ~FailedRow.is_set_aside))
    reached = row.asked_to if missing is None else min(missing, row.asked_to)
    row.reached_at = max(reached, row.reached_at or reached)
    session.flush()


def _locked(session: Session, *, source: str, project: str) -> schema.Watermark:
    return session.get_one(
        Row, (project, source), with_for_update=True, populate_existing=True)


def _to_failed(row: schema.FailedSlice) -> FailedSlice:
    return FailedSlice(row.source, row.project, row.by, row.starts_at, row.ends_at,
                       row.failures, row.is_set_aside, row.error)
