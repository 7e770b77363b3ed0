"""What keeps a snapshot from being published by itself."""

from sqlalchemy.orm import Session

from ..domain import Scope, Snapshot
from ..store import snapshots as store
from ..store.operation.runs import failed_ingests
from ..store.snapshots import PublicationState
from .diff import Priorities, share_moved


def reasons_to_hold(
    session: Session, scope: Scope, snapshot: Snapshot, state: PublicationState, *,
    max_change: float,
) -> list[str]:
    """Return why a new snapshot must not go before the clients, nothing when it may.

    A scope's first publication is exempt from the limit on change: there is nothing to move.
    """
    reasons = [] if scope.is_archived else _failed(session, scope.name)
    if state.snapshot_id is not None:
        reasons += _against_published(session, snapshot, state.snapshot_id, max_change)
    return reasons


def stopped(state: PublicationState) -> list[str]:
    """Return that a person stopped automatic publication. This is no alarm: it was meant."""
    if not state.is_stopped:
        return []
    return [f"{state.stopped_by} stopped automatic publication on "
            f"{state.stopped_at:%Y-%m-%d %H:%M}: {state.stopped_why}"]


def priorities_in(snapshot: Snapshot) -> Priorities:
    return {each.job_type: (each.priority, each.reason) for each in snapshot.priorities}


def _failed(session: Session, scope: str) -> list[str]:
    return [f"the last ingest of {project} failed: {error}"
            for project, error in failed_ingests(session, scope).items()]


def _against_published(session, snapshot, published_id: int, max_change: float) -> list[str]:
    published = store.snapshot_with_id(session, published_id, with_priorities=False)
    reasons = []
    if snapshot.as_of < published.as_of:
        reasons.append(f"it is of {snapshot.as_of:%Y-%m-%d %H:%M}, which is before the published "
                       f"snapshot {published_id} ({published.as_of:%Y-%m-%d %H:%M})")
    moved = share_moved(store.priorities_of(session, published_id), priorities_in(snapshot))
    if moved > max_change:
        reasons.append(f"{moved:.1%} of the job types move between priority 1 and the rest, "
                       f"more than {max_change:.0%}")
    return reasons
