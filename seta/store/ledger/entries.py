"""The ledger: one row for each project, build system and push id, with the answer given.

Order is push time, then arrival. A row counts when its push was not older than the newest on
arrival.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, TextClause, Tuple, and_, select, text, tuple_
from sqlalchemy.orm import Session

from ...domain import INTERVALS, LedgerEntry
from ...domain.limits import CLOCK_SKEW
from ...errors import NotFound
from .. import schema
from ..locks import Lock

PAGE = 25  # more than the usual backstop counts

MAX_ID = (1 << 63) - 1

Row = schema.Schedule

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(:ledger, :seed))"
PAGE_OF_COUNTING = """
    SELECT pushed_at, id, ran_priority_2, ran_priority_3, ran_backstop, ran_turns, late_at,
        late_intervals
    FROM schedules
    WHERE project = :project AND build_system = :build_system AND counts
        AND (pushed_at, id) < (:before, :before_id)
    ORDER BY pushed_at DESC, id DESC LIMIT :page
"""
COUNTING = text(PAGE_OF_COUNTING)
# Two statements, sent at once: the second sees what was committed while the first waited.
LOCK_AND_COUNTING = text(f"{LOCK}; {PAGE_OF_COUNTING}")

# Of an entry, with their types in SQL.
INCOMING = {
    "push_id": "text", "revision": "text", "pushed_at": "timestamptz", "answered_at": "timestamptz",
    "kind": "text", "snapshot_id": "integer", "ran_priority_2": "boolean",
    "ran_priority_3": "boolean", "ran_backstop": "boolean", "counts": "boolean",
    "answer": "bytea", "ran_turns": "text[]",
}
COLUMNS = ", ".join(INCOMING)


@dataclass(frozen=True, slots=True)
class CountingPush:
    """What the cadence needs of one push that counts."""

    pushed_at: datetime
    ran: frozenset[str]                # the intervals that really ran on it, and the turns
    late_at: datetime | None
    late_intervals: frozenset[str]     # of `ran`: those that ran only at `late_at`

    def ran_at(self, interval: str) -> datetime:
        if self.late_at is not None and interval in self.late_intervals:
            return self.late_at
        return self.pushed_at


def lock_ledger(session: Session, project: str, build_system: str) -> None:
    """Wait until nobody else changes this ledger; it is ours until the transaction ends."""
    session.execute(text(LOCK), _lock_values(project, build_system))


def stored_answer(
    session: Session, project: str, build_system: str, push_id: str
) -> tuple[str, bytes] | None:
    """Return the revision and the gzipped answer of a push; None when it is not known."""
    found = session.execute(
        select(Row.revision, Row.answer)
        .where(is_of(project, build_system), Row.push_id == push_id)).one_or_none()
    return None if found is None else (found.revision, found.answer)


def entry_of(session: Session, project: str, build_system: str, push_id: str) -> LedgerEntry:
    """Return the entry of a push; raises NotFound when the ledger does not know it."""
    row = session.scalar(
        select(Row).where(is_of(project, build_system), Row.push_id == push_id))
    if row is None:
        raise NotFound(f"the ledger of {project} ({build_system}) has no push {push_id!r}")
    return to_entry(row)


def newest(session: Session, project: str, build_system: str) -> LedgerEntry | None:
    """Return the newest push of the ledger; None when there is none."""
    row = session.scalar(
        select(Row).where(is_of(project, build_system), Row.counts)
        .order_by(Row.pushed_at.desc(), Row.id.desc()).limit(1))
    return None if row is None else to_entry(row)


def add_schedules(session: Session, added: Sequence[tuple[LedgerEntry, str]]) -> bool:
    """Add entries of one ledger, each with who asked, unless one of the pushes is known already.

    Then none is added, and False is returned. The caller holds the ledger's lock. The audit log
    gets its lines in the same statement: others wait for the ledger meanwhile.
    """
    first = added[0][0]
    values: dict[str, Any] = {"project": first.project, "build_system": first.build_system}
    for number, (entry, who) in enumerate(added):
        values |= {f"who_{number}": who, f"snapshot_id_{number}": entry.snapshot}
        values |= {f"{column}_{number}": getattr(entry, column) for column in INCOMING
                   if column not in ("snapshot_id", "ran_turns")}
        values[f"ran_turns_{number}"] = list(entry.ran_turns)
    return len(session.execute(_adding(len(added)), values).all()) == len(added)


@cache
def _adding(count: int) -> TextClause:
    """The statement that adds this many entries, in their order."""
    types = INCOMING | {"who": "text"}
    rows = ", ".join(
        "({}, {})".format(", ".join(f"CAST(:{column}_{number} AS {kind})"
                                    for column, kind in types.items()), number)
        for number in range(count))
    return text(f"""
        WITH incoming ({COLUMNS}, who, place) AS (VALUES {rows}), added AS (
            INSERT INTO schedules (project, build_system, {COLUMNS})
            SELECT :project, :build_system, {COLUMNS} FROM incoming
            WHERE NOT EXISTS (
                SELECT FROM schedules JOIN incoming USING (push_id)
                WHERE project = :project AND build_system = :build_system)
            ORDER BY place
            ON CONFLICT (project, build_system, push_id) DO NOTHING
            RETURNING push_id
        )
        INSERT INTO audit (who, what, target, why, details)
        SELECT who, 'schedule push', :project || ' ' || push_id, '',
            jsonb_build_object('build_system', CAST(:build_system AS text))
        FROM added JOIN incoming USING (push_id) ORDER BY place
        RETURNING id
    """)


def counting_pushes(
    session: Session, project: str, build_system: str, *, now: datetime, lock: bool = False
) -> Iterator[CountingPush]:
    """Yield the pushes that count, the newest first; with `lock`, as `lock_ledger` does.

    One that a wrong clock of ours let count, though it is ahead of `now`, is left out: no push
    after it would ever be the newest.

    Pages are read as they are asked for: a few rows nearly always suffice.
    """
    page = {"project": project, "build_system": build_system, "page": PAGE,
            "before": now + CLOCK_SKEW, "before_id": MAX_ID}
    query, values = COUNTING, page
    if lock:
        query, values = LOCK_AND_COUNTING, page | _lock_values(project, build_system)
    while True:
        found = session.execute(query, values).all()
        for row in found:
            ran = {name for name in INTERVALS if getattr(row, f"ran_{name}")} | {*row.ran_turns}
            yield CountingPush(
                row.pushed_at, frozenset(ran), row.late_at, frozenset(row.late_intervals))
        if len(found) < PAGE:
            return
        query = COUNTING
        values = page | {"before": found[-1].pushed_at, "before_id": found[-1].id}


def entries(
    session: Session, project: str, build_system: str, *, after: LedgerEntry | None = None,
    up_to: LedgerEntry | None = None, limit: int | None = None, newest_first: bool = False,
) -> list[LedgerEntry]:
    """Return rows of the ledger in its order, those that do not count among them."""
    query = select(Row).where(is_of(project, build_system))
    if after is not None:
        query = query.where(_order() > after.order)
    if up_to is not None:
        query = query.where(_order() <= up_to.order)
    if newest_first:
        query = query.order_by(Row.pushed_at.desc(), Row.id.desc())
    else:
        query = query.order_by(Row.pushed_at, Row.id)
    return [to_entry(row) for row in session.scalars(query.limit(limit))]


def entries_between(
    session: Session, project: str, build_system: str, *, since: datetime, until: datetime,
    limit: int,
) -> list[LedgerEntry]:
    """Return the rows of pushes from `since` to `until`, in order; of too many the newest."""
    query = select(Row).where(
        is_of(project, build_system), Row.pushed_at >= since, Row.pushed_at <= until)
    newest_first = query.order_by(Row.pushed_at.desc(), Row.id.desc()).limit(limit)
    return [to_entry(row) for row in session.scalars(newest_first)][::-1]


def to_entry(row: schema.Schedule) -> LedgerEntry:
    return LedgerEntry(
        project=row.project, build_system=row.build_system, push_id=row.push_id,
        revision=row.revision, pushed_at=row.pushed_at, kind=row.kind, snapshot=row.snapshot_id,
        ran_priority_2=row.ran_priority_2, ran_priority_3=row.ran_priority_3,
        ran_backstop=row.ran_backstop, counts=row.counts, answer=row.answer,
        answered_at=row.answered_at, failed_at=row.failed_at, failed_why=row.failed_why,
        late_names=tuple(row.late_names), late_at=row.late_at,
        late_intervals=tuple(row.late_intervals), ran_turns=tuple(row.ran_turns), id=row.id)


def _lock_values(project: str, build_system: str) -> dict[str, str | int]:
    return {"ledger": f"{project} {build_system}", "seed": Lock.LEDGER}


def is_of(project: str, build_system: str) -> ColumnElement[bool]:
    return and_(Row.project == project, Row.build_system == build_system)


def _order() -> Tuple:
    return tuple_(Row.pushed_at, Row.id)
