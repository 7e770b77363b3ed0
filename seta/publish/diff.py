"""How two snapshots differ."""

import logging
from collections import Counter
from collections.abc import Mapping

from sqlalchemy.orm import Session

from ..domain import JobType, Priority, PriorityChange
from ..errors import BadInput
from ..store import snapshots as store

logger = logging.getLogger(__name__)

Priorities = Mapping[JobType, tuple[Priority, str]]


def diff(session: Session, before: int, after: int) -> tuple[PriorityChange, ...]:
    """Return the job types whose priority differs, or that only one of the snapshots knows.

    Sorted by job type. Raises NotFound, and BadInput for snapshots of two scopes.
    """
    scopes = {store.snapshot_with_id(session, each, with_priorities=False).scope
              for each in (before, after)}
    if len(scopes) > 1:
        raise BadInput(f"snapshots {before} and {after} are of different scopes: "
                       f"{', '.join(sorted(scopes))}")
    return changes(store.priorities_of(session, before), store.priorities_of(session, after))


def changes(before: Priorities, after: Priorities) -> tuple[PriorityChange, ...]:
    unknown = (None, None)
    found = []
    for job_type in sorted(before.keys() | after.keys()):
        old, why_old = before.get(job_type, unknown)
        new, why_new = after.get(job_type, unknown)
        if old != new:
            found.append(PriorityChange(job_type, old, new, why_old, why_new))
    return tuple(found)


def share_moved(before: Priorities, after: Priorities) -> float:
    """Return which share of the common job types moved between priority 1 and the rest."""
    both = before.keys() & after.keys()
    if not both:
        return 0.0
    moved = sum(before[each][0].is_high_value != after[each][0].is_high_value for each in both)
    return moved / len(both)


def log_changes(session: Session, scope: str, before: int | None, after: int) -> None:
    """Log one line with counts, and at DEBUG one for each job type whose priority changed."""
    old = {} if before is None else store.priorities_of(session, before)
    found = changes(old, store.priorities_of(session, after))
    kinds = Counter(_kind_of(change) for change in found)
    logger.info(
        "snapshot %d of %s is published: %d job types raised, %d lowered, %d came, %d went",
        after, scope, kinds["raised"], kinds["lowered"], kinds["came"], kinds["went"])
    for change in found:
        logger.debug("%s: %s: priority %s (%s), before %s (%s)", scope, change.job_type,
                     _format(change.after), change.reason_after, _format(change.before),
                     change.reason_before)


def _kind_of(change: PriorityChange) -> str:
    if change.before is None:
        return "came"
    if change.after is None:
        return "went"
    return "raised" if change.after < change.before else "lowered"


def _format(priority: Priority | None) -> str:
    return "none" if priority is None else str(int(priority))
