"""Why a snapshot is held back instead of being published."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import Snapshot
from ..domain.limits import is_ahead
from ..store import snapshots as store
from ..store.curation.projects import scope_named
from ..store.snapshots import PublicationState
from .diff import Priorities, share_moved
from .gather import Gathered
from .times import times_ahead


def reasons_to_hold(
    session: Session, gathered: Gathered, snapshot: Snapshot, state: PublicationState, *,
    max_change: float,
) -> list[str]:
    """Return why a new snapshot must not be published automatically; nothing if it may be.

    Half of the results is no basis, for the first snapshot and for an archive neither. The first
    snapshot of a scope is exempt from the limit on change.
    """
    reasons = [*gathered.halves]
    if not scope_named(session, snapshot.scope).is_archived:
        reasons += times_ahead(session, snapshot.scope, now=made_at(snapshot)).values()
    if state.snapshot_id is not None:
        reasons += _against_published(session, snapshot, state.snapshot_id, max_change)
    return reasons


def made_at(snapshot: Snapshot) -> datetime:
    assert snapshot.created_at is not None  # every analysis says when it began
    return snapshot.created_at


def stop_reasons(state: PublicationState) -> list[str]:
    """Return a reason if a person stopped automatic publication.

    That is deliberate, so there is no alarm.
    """
    if not state.is_stopped:
        return []
    return [f"{state.stopped_by} stopped automatic publication on "
            f"{state.stopped_at:%Y-%m-%d %H:%M}: {state.stopped_why}"]


def _against_published(
    session: Session, snapshot: Snapshot, published_id: int, max_change: float
) -> list[str]:
    published = store.snapshot_with_id(session, published_id, with_priorities=False)
    reasons = []
    is_trusted = not is_ahead(published.as_of, made_at(snapshot))   # or the clock was wrong
    if snapshot.as_of < published.as_of and is_trusted:
        reasons.append(f"its as-of, {snapshot.as_of:%Y-%m-%d %H:%M}, is before that of the "
                       f"published snapshot {published_id} ({published.as_of:%Y-%m-%d %H:%M})")
    moved = share_moved(store.priorities_of(session, published_id), _priorities_in(snapshot))
    if moved > max_change:
        reasons.append(f"{moved:.1%} of the job types move between priority 1 and the rest, "
                       f"more than {max_change:.0%}")
    return reasons


def _priorities_in(snapshot: Snapshot) -> Priorities:
    return {each.job_type: (each.priority, each.reason) for each in snapshot.priorities}
