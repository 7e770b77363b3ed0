"""What a snapshot saves: its jobs and a project's cadence, on the pushes that came before it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy.orm import Session

from ..domain import Cadence, Priority, Project, Snapshot
from ..store.curation.projects import projects
from ..store.results.pushes import push_times
from ..store.snapshots.costs import costs_of
from .replay import decisions

LAST_DAYS = 14  # of pushes: two weeks, so that weekends count as often as they come


@dataclass(frozen=True, slots=True)
class Savings:
    """What one push of a project costs, in the snapshot's unit: milliseconds or jobs.

    What jobs without a priority cost is not in it, nor what backfills cost: they run the same jobs
    again on pushes that left them out, in order to find a culprit.
    """

    project: str
    full_run: int          # every job with a priority
    every_push: int        # those of priority 1, forced ones among them
    expected: float | None  # with the cadence, the mean over the pushes; None: there were none
    pushes: int            # on which the cadence was tried
    days: float            # from the first of these until the snapshot

    @property
    def saved(self) -> float | None:
        return None if self.expected is None else self.full_run - self.expected

    @property
    def saved_share(self) -> float | None:
        return self.saved / self.full_run if self.saved is not None and self.full_run else None

    @property
    def saved_per_day(self) -> float | None:
        """None where less than a day of pushes is known."""
        if self.saved is None or self.days < 1:
            return None
        return self.saved * self.pushes / self.days


def savings_of(
    session: Session, snapshot: Snapshot, *, project: str | None = None
) -> list[Savings]:
    """Return what a stored snapshot saves on each project that it has jobs of, or on one; by name.

    The cadence is the one that the project has now, tried on the pushes of the last two weeks
    before the snapshot's as-of. A project where everything runs saves nothing.
    """
    assert snapshot.id is not None
    costs = costs_of(session, snapshot.id)
    return [_savings(session, each, snapshot, costs[each.name])
            for each in projects(session, snapshot.scope)
            if each.name in costs and project in (None, each.name)]


def _savings(
    session: Session, project: Project, snapshot: Snapshot, cost_of: dict[Priority, int]
) -> Savings:
    until = snapshot.as_of
    since = until - timedelta(days=LAST_DAYS)
    times = tuple(push_times(session, project.name, since=since, until=until))
    full_run = sum(cost_of.values())
    expected: float | None = None
    if not project.is_integration:
        expected = float(full_run)
    elif times:
        ran = _times_run(times, project.cadence)
        expected = sum(cost_of[priority] * count for priority, count in ran) / len(times)
    return Savings(
        project.name, full_run, cost_of[Priority.FIRST], expected, len(times),
        (until - times[0]) / timedelta(days=1) if times else 0.0)


@lru_cache(maxsize=64)
def _times_run(
    times: tuple[datetime, ...], cadence: Cadence
) -> tuple[tuple[Priority, float], ...]:
    """Return on how many of the pushes each priority runs; turns count as their share of it."""
    counts: dict[Priority, float] = dict.fromkeys(Priority, 0)
    for due in decisions(times, cadence):
        for priority in due.priorities:
            counts[priority] += 1
        for turn in due.turns:
            counts[turn.priority] += 1 / turn.of
    return tuple(counts.items())
