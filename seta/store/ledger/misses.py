"""Misses as they are stored: what was believed of each, and from when until when."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ...domain import JobType, Miss, MissPush, MissWitness, Promotion, StoredMiss
from .. import schema
from ..paging import newest_first

SHOWN_FOR = timedelta(days=30)  # how far back misses are counted for people

Row, Look = schema.Miss, schema.MissLook

COLUMNS = ("project", "build_system", "fixed_by", "found_by", "found_at", "pushes", "left_out",
           "late_pushes", "late_minutes")
PUSHES = ("found_on", "after", "first_suspect", "first_failed_on")  # in `facts`


BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LastLook:
    """The newest classification that was looked at for a scope, and when; 0: none ever was."""

    classification_id: int
    at: datetime


def lock_look(session: Session, scope: str) -> LastLook:
    """Return the last look; nobody else looks at the scope until the transaction ends."""
    session.execute(insert(Look).values(
        scope=scope, classification_id=0, looked_at=BEFORE_ALL).on_conflict_do_nothing())
    row = session.execute(select(Look.classification_id, Look.looked_at).where(
        Look.scope == scope).with_for_update()).one()
    return LastLook(*row)


def keep_look(session: Session, scope: str, classification_id: int, *, at: datetime) -> None:
    session.execute(update(Look).where(Look.scope == scope).values(
        classification_id=classification_id, looked_at=at))


def add_miss(
    session: Session, miss: Miss, *, known_at: datetime, first_known_at: datetime | None = None
) -> None:
    """Store a miss that is known from now on; `first_known_at` where it replaces a row."""
    facts: dict[str, Any] = {name: _push_facts(getattr(miss, name)) for name in PUSHES}
    facts["witnesses"] = [asdict(each) for each in miss.witnesses]
    session.add(Row(
        **{name: getattr(miss, name) for name in COLUMNS}, snapshot_id=miss.snapshot,
        facts=facts, known_at=known_at, first_known_at=first_known_at or known_at))
    session.flush()


def end_miss(session: Session, miss_id: int, *, at: datetime, why: str) -> None:
    """Record that a row holds no longer: its star was withdrawn, or more is known by now."""
    session.execute(update(Row).where(Row.id == miss_id).values(ended_at=at, ended_why=why))
    session.flush()


def current_misses(
    session: Session, projects: Collection[str], *, fixes: Collection[str] | None = None,
    since: datetime | None = None,
) -> list[StoredMiss]:
    """Return the misses of projects that hold now; of some regressions, or found since then."""
    query = select(Row).where(Row.project.in_(projects), Row.ended_at.is_(None))
    if fixes is not None:
        query = query.where(Row.fixed_by.in_(fixes))
    if since is not None:
        query = query.where(Row.found_at >= since)
    return [_stored(row) for row in session.scalars(query.order_by(Row.found_at, Row.id))]


def misses_of(
    session: Session, project: str, *, before: int | None = None, limit: int | None = 100,
) -> list[StoredMiss]:
    """Return a project's rows, ended ones too, the newest first; `before` ends the page before."""
    query = newest_first(select(Row).where(Row.project == project), Row.id, before=before,
                         limit=limit)
    return [_stored(row) for row in session.scalars(query)]


def count_misses(session: Session, *, since: datetime) -> dict[str, int]:
    """Return how many misses that were found since then hold now, by project; no zeros."""
    query = select(Row.project, func.count()).where(
        Row.ended_at.is_(None), Row.found_at >= since).group_by(Row.project)
    return {project: count for project, count in session.execute(query)}


def promotions(
    session: Session, scope: str, *, at: datetime, days: int
) -> list[Promotion]:
    """Return what misses promoted at a moment, as far as was known then, the last to end first.

    A promotion ends this many days after its miss was found.
    """
    span = timedelta(days=days)
    query = (
        select(Row).join(schema.Project, schema.Project.name == Row.project)
        .where(schema.Project.scope == scope, _is_known(at), Row.found_at > at - span)
        .order_by(Row.found_at.desc(), Row.id))
    found = [_stored(row).miss for row in session.scalars(query)]
    return [Promotion(each.fixed_by, each.project, each.promotable, each.found_at + span)
            for each in found if each.promotable]


def _is_known(at: datetime) -> ColumnElement[bool]:
    return (Row.known_at <= at) & or_(Row.ended_at.is_(None), Row.ended_at > at)


def _stored(row: schema.Miss) -> StoredMiss:
    pushes: dict[str, Any] = {name: _push(row.facts[name]) for name in PUSHES}
    miss = Miss(
        **{name: getattr(row, name) for name in COLUMNS}, **pushes, snapshot=row.snapshot_id,
        witnesses=tuple(_witnesses(row.facts["witnesses"])))
    return StoredMiss(row.id, miss, row.first_known_at, row.known_at, row.ended_at, row.ended_why)


def _witnesses(facts: Iterable[dict[str, Any]]) -> Iterable[MissWitness]:
    for each in facts:
        job_type = each["job_type"] and JobType(**each["job_type"])
        yield MissWitness(**{**each, "job_type": job_type})


def _push_facts(push: MissPush | None) -> dict[str, Any] | None:
    if push is None:
        return None
    return asdict(push) | {"pushed_at": push.pushed_at.isoformat()}


def _push(facts: dict[str, Any] | None) -> MissPush | None:
    return None if facts is None else MissPush(
        facts["push_id"], facts["revision"], datetime.fromisoformat(facts["pushed_at"]))
