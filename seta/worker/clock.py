"""When the worker's tasks run."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from ..domain.limits import is_ahead

logger = logging.getLogger(__name__)

CATCH_UP_AFTER = timedelta(hours=12)
UPKEEP_HOUR = 4


def make_clock(
    *, ingest: Callable[[], None], upkeep: Callable[[], None], hours: tuple[int, ...],
) -> BackgroundScheduler:
    """Return a scheduler, not started: one task runs at a time, a late one as soon as possible."""
    clock = BackgroundScheduler(
        timezone=UTC, executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
    clock.add_job(ingest, CronTrigger(hour=",".join(map(str, hours)), minute=0, timezone=UTC),
                  id="ingest", name="ingest and analysis")
    clock.add_job(upkeep, CronTrigger(hour=UPKEEP_HOUR, minute=0, timezone=UTC), id="upkeep",
                  name="upkeep")
    return clock


def is_overdue(succeeded_at: datetime | None, *, now: datetime) -> bool:
    """Return whether to ingest at the start: never done before, or over 12 hours ago.

    A success ahead of the clock, which was wrong then, says nothing.
    """
    return (succeeded_at is None or is_ahead(succeeded_at, now)
            or now - succeeded_at > CATCH_UP_AFTER)
