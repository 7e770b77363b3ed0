"""Say in the log what a publication changes."""

import logging
from collections import Counter

from sqlalchemy.orm import Session

from ..domain import PriorityChange
from ..store import snapshots as store
from .diff import changes

logger = logging.getLogger(__name__)


def log_changes(session: Session, scope: str, before: int | None, after: int) -> None:
    """Write one line with counts, and at DEBUG one for each job type whose priority changes."""
    old = {} if before is None else store.levels_of(session, before)
    found = changes(old, store.levels_of(session, after))
    kinds = Counter(_kind_of(change) for change in found)
    logger.info(
        "snapshot %d of %s is published: %d job types raised, %d lowered, %d came, %d went",
        after, scope, kinds["raised"], kinds["lowered"], kinds["came"], kinds["went"])
    for change in found:
        logger.debug("%s: %s: priority %s (%s), before %s (%s)", scope, change.job_type,
                     _shown(change.after), change.reason_after, _shown(change.before),
                     change.reason_before)


def _kind_of(change: PriorityChange) -> str:
    if change.before is None:
        return "came"
    if change.after is None:
        return "went"
    return "raised" if change.after < change.before else "lowered"


def _shown(priority) -> str:
    return "none" if priority is None else str(int(priority))
