"""What is published of a scope, and whether the next snapshot is published automatically."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ...domain import Publication
from ...errors import UnknownScope
from .. import schema
from ..paging import newest_first


@dataclass(frozen=True, slots=True)
class PublicationState:
    """The published snapshot, and who stopped automatic publication, if anybody."""

    scope: str
    snapshot_id: int | None
    stopped_at: datetime | None
    stopped_by: str | None
    stopped_why: str | None

    @property
    def is_stopped(self) -> bool:
        return self.stopped_at is not None


def publication_state(session: Session, scope: str, *, lock: bool = False) -> PublicationState:
    """Return the state of a scope's publication; raises UnknownScope."""
    row = schema.Scope
    query = select(row.name, row.published_snapshot_id, row.stopped_at, row.stopped_by,
                   row.stopped_why).where(row.name == scope)
    found = session.execute(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise UnknownScope(f"there is no scope {scope!r}")
    return PublicationState(*found)


def lock_publication(session: Session, scope: str) -> PublicationState:
    """Return the state; nobody else publishes in the scope until the transaction ends."""
    return publication_state(session, scope, lock=True)


def set_published(
    session: Session, scope: str, snapshot_id: int, *, now: datetime, how: str = "automatic",
    who: str = "", why: str = "",
) -> None:
    session.execute(update(schema.Scope).where(schema.Scope.name == scope)
                    .values(published_snapshot_id=snapshot_id))
    session.add(schema.Publication(
        scope=scope, snapshot_id=snapshot_id, published_at=now, how=how, who=who, why=why))
    session.flush()


def stop_publication(session: Session, scope: str, *, now: datetime, who: str, why: str) -> None:
    """Publish nothing automatically until `release_publication`."""
    session.execute(update(schema.Scope).where(schema.Scope.name == scope)
                    .values(stopped_at=now, stopped_by=who, stopped_why=why))


def release_publication(session: Session, scope: str) -> None:
    session.execute(update(schema.Scope).where(schema.Scope.name == scope)
                    .values(stopped_at=None, stopped_by=None, stopped_why=None))


def clear_hold(session: Session, snapshot_id: int) -> None:
    session.execute(update(schema.Snapshot).where(schema.Snapshot.id == snapshot_id)
                    .values(held_because=None))


def last_published_before(session: Session, scope: str, snapshot_id: int) -> int | None:
    """Return the newest snapshot, older than this one, that was published at any time."""
    row = schema.Publication
    return session.scalar(select(func.max(row.snapshot_id)).where(
        row.scope == scope, row.snapshot_id < snapshot_id))


def published_at(session: Session, scope: str, at: datetime) -> int | None:
    """Return the snapshot that was published at a moment; None where there was none yet."""
    row = schema.Publication
    return session.scalar(
        select(row.snapshot_id).where(row.scope == scope, row.published_at <= at)
        .order_by(row.published_at.desc(), row.id.desc()).limit(1))


def publications(
    session: Session, scope: str, *, before: int | None = None, limit: int = 100
) -> list[Publication]:
    """Return publications, the newest first; `before` is the last id of the page before."""
    row = schema.Publication
    query = newest_first(
        select(row).where(row.scope == scope), row.id, before=before, limit=limit)
    return [Publication(each.id, each.scope, each.snapshot_id, each.published_at, each.how,
                        each.who, each.why) for each in session.scalars(query)]
