"""The outcome of a push after its answer was given. Hold the ledger's lock while changing it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.orm import Session

from ...domain import LedgerEntry
from ...domain.limits import WHOLE_REVISION
from .. import schema
from .entries import Row, is_of, to_entry

FIND = text("""
    SELECT known.revision, known.answer, (
        SELECT reach.before
        FROM (SELECT max(reached_at) - :after AS before FROM watermarks WHERE project = :project)
            AS reach
        WHERE EXISTS (
            SELECT FROM schedules
            WHERE project = :project AND build_system = :build_system
                AND pushed_at < reach.before AND confirmed_at IS NULL AND failed_at IS NULL)
    ) AS settle_before
    FROM (SELECT) AS always
    LEFT JOIN schedules AS known ON known.project = :project
        AND known.build_system = :build_system AND known.push_id = :push_id
""")


@dataclass(frozen=True, slots=True)
class Found:
    """What the ledger has when a push is asked about."""

    known: tuple[str, bytes] | None   # the push's revision and gzipped answer
    settle_before: datetime | None    # schedules of pushes before then wait to be looked at


def mark_failed(session: Session, entry: LedgerEntry, *, why: str, at: datetime) -> None:
    """Record that nothing of a schedule ran, so that its intervals are owed again."""
    _change(session, entry, failed_at=at, failed_why=why, ran_priority_2=False,
            ran_priority_3=False, ran_backstop=False, ran_turns=[])


def mark_late(
    session: Session, entry: LedgerEntry, names: Collection[str], *, at: datetime,
    intervals: Collection[str], turns: Collection[str] = (),
) -> None:
    """Record which jobs a timer started on a push, and which intervals and turns thereby ran.

    If it happens more than once, all of them count from the first time.
    """
    late = {f"ran_{interval}": True for interval in intervals}
    _change(
        session, entry, late_names=sorted({*entry.late_names, *names}),
        late_at=entry.late_at or at,
        late_intervals=sorted({*entry.late_intervals, *intervals, *turns}),
        ran_turns=sorted({*entry.ran_turns, *turns}), **late)


def confirm(
    session: Session, entry: LedgerEntry, *, at: datetime, priority_2: bool, priority_3: bool,
    backstop: bool, turns: Collection[str] = (),
) -> None:
    """Record which intervals and turns of a schedule really ran, as its results show."""
    _change(session, entry, confirmed_at=at, ran_priority_2=priority_2, ran_priority_3=priority_3,
            ran_backstop=backstop, ran_turns=sorted(turns))


def unconfirmed(
    session: Session, project: str, build_system: str, *, before: datetime
) -> list[LedgerEntry]:
    """Return the schedules of pushes before `before` that were not looked at yet."""
    query = select(Row).where(
        is_of(project, build_system), Row.pushed_at < before, Row.confirmed_at.is_(None),
        Row.failed_at.is_(None)).order_by(Row.pushed_at, Row.id)
    return [to_entry(row) for row in session.scalars(query)]


def find(
    session: Session, project: str, build_system: str, push_id: str, *, settle_after: timedelta
) -> Found:
    """Return a push's answer, if it is known, and whether schedules wait to be looked at.

    Those wait of which results of `settle_after` past their push are in; usually there are none.
    """
    row = session.execute(FIND, {
        "project": project, "build_system": build_system, "push_id": push_id,
        "after": settle_after}).one()
    known = None if row.answer is None else (row.revision, bytes(row.answer))
    return Found(known, row.settle_before)


def count_selective(
    session: Session, projects: Collection[str], *, since: datetime, until: datetime
) -> int:
    """Return how many pushes of these projects from `since` until before `until` skipped jobs."""
    return session.scalars(select(func.count()).where(
        Row.project.in_(projects), Row.kind == "selective", Row.pushed_at >= since,
        Row.pushed_at < until)).one()


def names_seen_on(session: Session, entry: LedgerEntry) -> frozenset[str]:
    """Return the names that have any result on a push, whatever it was."""
    query = (
        select(schema.JobName.name).distinct()
        .join(schema.JobResult, schema.JobResult.job_name_id == schema.JobName.id)
        .join(schema.Push, schema.Push.id == schema.JobResult.push)
        .where(schema.Push.project == entry.project, has_revision(entry.revision),
               schema.JobName.project == entry.project,
               schema.JobName.build_system == entry.build_system))
    return frozenset(session.scalars(query))


def has_revision(revision: str) -> ColumnElement[bool]:
    """Return the condition that a push has this revision, which may be cut short."""
    if len(revision) >= WHOLE_REVISION:
        return schema.Push.revision == revision
    return schema.Push.revision.startswith(revision, autoescape=True)


def _change(session: Session, entry: LedgerEntry, **values: object) -> None:
    session.execute(update(Row).where(Row.id == entry.id).values(**values))
