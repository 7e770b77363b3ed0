"""Publish, roll back and release by hand, with who and why."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from ..domain import Snapshot
from ..errors import BadInput, Conflict
from ..store import snapshots as store
from ..store.operation.alarms import clear_alarm
from ..store.operation.audit import record_audit
from .diff import log_changes

Sessions = sessionmaker[Session]


def publish(
    sessions: Sessions, snapshot_id: int, *, who: str, why: str, now: datetime
) -> Snapshot:
    """Publish a snapshot, held back or not, and return it.

    Nothing is published automatically in its scope until `release`. Raises NotFound, and
    BadInput without who and why.
    """
    with sessions.begin() as session:
        scope = store.snapshot_with_id(session, snapshot_id, with_priorities=False).scope
        return _publish_by_hand(
            session, scope, snapshot_id, how="by hand", who=who, why=why, now=now)


def roll_back(sessions: Sessions, scope: str, *, who: str, why: str, now: datetime) -> Snapshot:
    """Publish the previously published snapshot again, and return it.

    Done twice, it goes two back. Nothing is published automatically until `release`.
    Raises Conflict when there is no earlier one.
    """
    with sessions.begin() as session:
        present = store.lock_publication(session, scope).snapshot_id
        earlier = present and store.last_published_before(session, scope, present)
        if earlier is None:
            raise Conflict(f"scope {scope!r} has no earlier published snapshot to go back to")
        return _publish_by_hand(session, scope, earlier, how="rollback", who=who, why=why, now=now)


def release(sessions: Sessions, scope: str, *, who: str, why: str = "") -> None:
    """Let the next snapshots be published automatically again.

    Until then the published snapshot stays. Raises Conflict when publication is not stopped.
    """
    with sessions.begin() as session:
        state = store.lock_publication(session, scope)
        if not state.is_stopped:
            raise Conflict(f"publication in scope {scope!r} is not stopped")
        store.release_publication(session, scope)
        record_audit(session, who=_required("who", who), what="release publication", target=scope,
                     why=why, details={"stopped_by": state.stopped_by})


def _publish_by_hand(
    session: Session, scope: str, snapshot_id: int, *, how: str, who: str, why: str, now: datetime
) -> Snapshot:
    who, why = _required("who", who), _required("why", why)
    before = store.lock_publication(session, scope).snapshot_id
    snapshot = store.snapshot_with_id(session, snapshot_id)
    store.clear_hold(session, snapshot_id)
    store.set_published(session, scope, snapshot_id, now=now, how=how, who=who, why=why)
    store.stop_publication(session, scope, now=now, who=who, why=why)
    clear_alarm(session, f"snapshot {scope}")
    what = "publish snapshot" if how == "by hand" else "roll back"
    record_audit(session, who=who, what=what, target=f"snapshot {snapshot_id}", why=why, details={
        "scope": scope, "before": before, "was_held_because": snapshot.held_because})
    log_changes(session, scope, before, snapshot_id)
    return replace(snapshot, held_because=None, is_published=True)


def _required(word: str, value: str) -> str:
    if not value.strip():
        raise BadInput(f"a publication by hand needs {word}, not {value!r}")
    return value.strip()
