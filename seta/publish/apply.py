"""Store a snapshot, and publish it unless the guard holds it back."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from ..config import Settings
from ..domain import Priority, Snapshot
from ..store import snapshots as store
from ..store.evidence import NameEvidence
from ..store.operation.alarms import clear_alarm, raise_alarm
from ..store.snapshots import NameList
from .diff import log_changes
from .drift import DriftFigures, figures_of, watch_drift, with_drift
from .gather import Gathered
from .guard import reasons_to_hold, stop_reasons

logger = logging.getLogger(__name__)


def apply(
    session: Session, gathered: Gathered, snapshot: Snapshot, *, settings: Settings
) -> Snapshot:
    """Store and publish, in the caller's transaction; nobody else can publish meanwhile."""
    state = store.lock_publication(session, snapshot.scope)
    reasons = reasons_to_hold(session, gathered, snapshot, state, max_change=settings.max_change)
    held_because = "; ".join(reasons + stop_reasons(state)) or None
    if _is_of_the_present(gathered, snapshot):
        snapshot = watch_drift(session, snapshot, _figures(gathered, snapshot))
    snapshot = store.add_snapshot(
        session, replace(snapshot, held_because=held_because, is_published=not held_because),
        type_ids=gathered.type_ids, regressions=gathered.witnesses,
        lists=_lists_of(gathered.names, snapshot))
    _alarm_unless_optimal(session, snapshot)
    if held_because is None:
        _publish(session, snapshot, state.snapshot_id)
    elif reasons:
        raise_alarm(session, f"snapshot {snapshot.scope}",
                    f"snapshot {snapshot.id} is held back: {held_because}")
    else:
        logger.warning("snapshot %d of %s is held back: %s", snapshot.id, snapshot.scope,
                       held_because)
    return snapshot


def _is_of_the_present(gathered: Gathered, snapshot: Snapshot) -> bool:
    """Return whether it is neither as of a past moment nor of an archive."""
    return gathered.window.known_by == snapshot.created_at


def _figures(gathered: Gathered, snapshot: Snapshot) -> DriftFigures:
    return figures_of(gathered.problem.regressions, gathered.problem.alive, snapshot.priorities,
                      unit=snapshot.unit, job_types_run=gathered.job_types_run)


def with_hold_reasons(
    session: Session, gathered: Gathered, snapshot: Snapshot, *, settings: Settings
) -> Snapshot:
    """Return the snapshot with the reasons to hold it back, if any; nothing is stored."""
    if _is_of_the_present(gathered, snapshot):
        snapshot, _ = with_drift(session, snapshot, _figures(gathered, snapshot))
    state = store.publication_state(session, snapshot.scope)
    reasons = reasons_to_hold(session, gathered, snapshot, state, max_change=settings.max_change)
    return replace(snapshot, held_because="; ".join(reasons + stop_reasons(state)) or None)


def _publish(session: Session, snapshot: Snapshot, before: int | None) -> None:
    assert snapshot.id is not None and snapshot.created_at is not None  # it is stored
    store.set_published(session, snapshot.scope, snapshot.id, now=snapshot.created_at)
    clear_alarm(session, f"snapshot {snapshot.scope}")
    log_changes(session, snapshot.scope, before, snapshot.id)


def _alarm_unless_optimal(session: Session, snapshot: Snapshot) -> None:
    subject = f"solver {snapshot.scope}"
    if snapshot.status == "optimal":
        clear_alarm(session, subject)
    else:
        raise_alarm(session, subject,
                    f"a limit ended the search for snapshot {snapshot.id}: {snapshot.objective} "
                    f"{snapshot.unit} is the best found, up to {snapshot.gap:.2%} above the least")


def _lists_of(names: Iterable[NameEvidence], snapshot: Snapshot) -> list[NameList]:
    """Return one list for each project, build system and priority, even if it is empty.

    Only names that are alive there and have a priority are listed: what is left out runs.
    """
    priorities = {each.job_type: each.priority for each in snapshot.priorities}
    found: dict[tuple[str, str, Priority], list[tuple[str, int]]] = defaultdict(list)
    for name in names:
        for priority in Priority:
            found[name.project, name.build_system, priority]  # adds the list, even if empty
        if name.job_type is not None and name.job_type_id is not None:
            found[name.project, name.build_system, priorities[name.job_type]].append(
                (name.name, name.job_type_id))
    return [
        NameList(project, build_system, priority, tuple(name for name, _ in sorted(entries)),
                 tuple(type_id for _, type_id in sorted(entries)))
        for (project, build_system, priority), entries in sorted(found.items())
    ]
