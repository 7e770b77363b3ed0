"""Store a snapshot, and publish it unless something holds it back."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from ..config import Settings
from ..domain import JobType, Priority, Snapshot
from ..store import snapshots as store
from ..store.curation.projects import scope_named
from ..store.evidence import NameEvidence
from ..store.operation.alarms import clear_alarm, raise_alarm
from ..store.snapshots import NameList
from .diff import log_changes
from .gather import Gathered
from .guard import priorities_in, reasons_to_hold, stopped

logger = logging.getLogger(__name__)


def apply(
    session: Session, gathered: Gathered, snapshot: Snapshot, *, settings: Settings
) -> Snapshot:
    """Store and publish, in the caller's one transaction; nobody else publishes meanwhile."""
    state = store.lock_publication(session, snapshot.scope)
    reasons = _reasons(session, snapshot, state, settings)
    held_because = "; ".join(reasons + stopped(state)) or None
    priorities = priorities_in(snapshot)
    snapshot = store.add_snapshot(
        session, replace(snapshot, held_because=held_because, is_published=not held_because),
        type_ids=gathered.type_ids, regressions=gathered.witnesses,
        lists=lists_of(gathered.names,
                       {each: priority for each, (priority, _) in priorities.items()}))
    _say_how_sure(session, snapshot)
    if held_because is None:
        _publish(session, snapshot, state.snapshot_id)
    elif reasons:
        raise_alarm(session, f"snapshot {snapshot.scope}",
                    f"snapshot {snapshot.id} is held back: {held_because}")
    else:
        logger.warning("snapshot %d of %s is held back: %s", snapshot.id, snapshot.scope,
                       held_because)
    return snapshot


def would_hold(session: Session, snapshot: Snapshot, *, settings: Settings) -> Snapshot:
    """Return the snapshot with the reasons for which it would be held; nothing is stored."""
    state = store.publication_state(session, snapshot.scope)
    reasons = _reasons(session, snapshot, state, settings) + stopped(state)
    return replace(snapshot, held_because="; ".join(reasons) or None)


def _reasons(session, snapshot, state, settings) -> list[str]:
    scope = scope_named(session, snapshot.scope)
    return reasons_to_hold(session, scope, snapshot, state, max_change=settings.max_change)


def _publish(session: Session, snapshot: Snapshot, before: int | None) -> None:
    store.set_published(session, snapshot.scope, snapshot.id, now=snapshot.created_at)
    clear_alarm(session, f"snapshot {snapshot.scope}")
    log_changes(session, snapshot.scope, before, snapshot.id)


def _say_how_sure(session: Session, snapshot: Snapshot) -> None:
    subject = f"solver {snapshot.scope}"
    if snapshot.status == "optimal":
        clear_alarm(session, subject)
    else:
        raise_alarm(session, subject,
                    f"a limit ended the search for snapshot {snapshot.id}: {snapshot.objective} "
                    f"{snapshot.unit} is the best found, up to {snapshot.gap:.2%} above the least")


def lists_of(
    names: Iterable[NameEvidence], priorities: Mapping[JobType, Priority]
) -> list[NameList]:
    """Return one list for each project, build system and priority, empty ones too.

    Only names that are alive there and have a priority are listed: what is left out runs.
    """
    found = defaultdict(list)
    for name in names:
        for priority in Priority:
            found[name.project, name.build_system, priority]  # an empty list is one too
        found[name.project, name.build_system, priorities[name.job_type]].append(
            (name.name, name.job_type_id))
    return [_to_list(*key, sorted(entries)) for key, entries in sorted(found.items())]


def _to_list(project, build_system, priority, entries) -> NameList:
    return NameList(project, build_system, priority, tuple(name for name, _ in entries),
                    tuple(type_id for _, type_id in entries))
