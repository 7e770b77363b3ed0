"""The ledger: one row a (project, build system, push id), saying what was answered.

Order is push time, then arrival. Rows that count are those of pushes that were not older than
the newest when they came.
"""

from collections.abc import Iterator

from sqlalchemy import Select, select, text, tuple_
from sqlalchemy.orm import Session

from ...domain import LedgerEntry
from .. import schema
from ..locks import Lock

PAGE = 100

Row = schema.Schedule


def lock_ledger(session: Session, project: str, build_system: str) -> None:
    """Wait until nobody else changes this ledger; it is ours until the transaction ends."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:ledger, :seed))"),
        {"ledger": f"{project} {build_system}", "seed": Lock.LEDGER})


def stored_answer(
    session: Session, project: str, build_system: str, push_id: str
) -> tuple[str, bytes] | None:
    """Return the revision and the gzipped answer of a push; None when it is not known."""
    found = session.execute(
        _ledger(project, build_system, Row.revision, Row.answer)
        .where(Row.push_id == push_id)).one_or_none()
    return found and (found.revision, found.answer)


def entry_with_id(
    session: Session, project: str, build_system: str, push_id: str
) -> LedgerEntry | None:
    row = session.scalar(_ledger(project, build_system).where(Row.push_id == push_id))
    return row and to_entry(row)


def newest(session: Session, project: str, build_system: str) -> LedgerEntry | None:
    """Return the newest push of the ledger; None when there is none."""
    row = session.scalar(_newest_first(project, build_system, Row).limit(1))
    return row and to_entry(row)


def add_schedule(session: Session, entry: LedgerEntry) -> None:
    session.add(Row(
        project=entry.project, build_system=entry.build_system, push_id=entry.push_id,
        revision=entry.revision, pushed_at=entry.pushed_at, answered_at=entry.answered_at,
        kind=entry.kind, snapshot_id=entry.snapshot, ran_priority_2=entry.ran_priority_2,
        ran_priority_3=entry.ran_priority_3, ran_backstop=entry.ran_backstop, counts=entry.counts,
        run_names=list(entry.run_names), skip_names=list(entry.skip_names),
        answer=entry.answer))
    session.flush()


def counting_pushes(session: Session, project: str, build_system: str) -> Iterator:
    """Yield what the cadence needs of each push that counts, the newest first.

    Each has ``pushed_at``, ``push_id``, the three ``ran_...``, and ``late_at`` with the
    ``late_intervals`` that ran only then. Pages are read as they are asked for: a few rows nearly
    always tell enough.
    """
    page = _newest_first(
        project, build_system, Row.pushed_at, Row.id, Row.push_id, Row.ran_priority_2,
        Row.ran_priority_3, Row.ran_backstop, Row.late_at, Row.late_intervals).limit(PAGE)
    last = None
    while True:
        query = page if last is None else page.where(_order() < (last.pushed_at, last.id))
        found = session.execute(query).all()
        yield from found
        if len(found) < PAGE:
            return
        last = found[-1]


def entries(
    session: Session, project: str, build_system: str, *, after: LedgerEntry | None = None,
    up_to: LedgerEntry | None = None, limit: int | None = None, newest_first: bool = False,
) -> list[LedgerEntry]:
    """Return rows of the ledger in its order, those that do not count among them."""
    query = _ledger(project, build_system)
    if after is not None:
        query = query.where(_order() > after.order)
    if up_to is not None:
        query = query.where(_order() <= up_to.order)
    order = (Row.pushed_at, Row.id)
    order = [column.desc() for column in order] if newest_first else order
    return [to_entry(row) for row in session.scalars(query.order_by(*order).limit(limit))]


def _ledger(project: str, build_system: str, *columns) -> Select:
    return select(*(columns or (Row,))).where(
        Row.project == project, Row.build_system == build_system)


def _newest_first(project: str, build_system: str, *columns) -> Select:
    return (_ledger(project, build_system, *columns).where(Row.counts)
            .order_by(Row.pushed_at.desc(), Row.id.desc()))


def _order():
    return tuple_(Row.pushed_at, Row.id)


def to_entry(row: schema.Schedule) -> LedgerEntry:
    return LedgerEntry(
        project=row.project, build_system=row.build_system, push_id=row.push_id,
        revision=row.revision, pushed_at=row.pushed_at, kind=row.kind, snapshot=row.snapshot_id,
        ran_priority_2=row.ran_priority_2, ran_priority_3=row.ran_priority_3,
        ran_backstop=row.ran_backstop, counts=row.counts, run_names=tuple(row.run_names),
        skip_names=tuple(row.skip_names), answer=row.answer, answered_at=row.answered_at,
        failed_at=row.failed_at, failed_why=row.failed_why, late_names=tuple(row.late_names),
        late_at=row.late_at, late_intervals=tuple(row.late_intervals), id=row.id)
