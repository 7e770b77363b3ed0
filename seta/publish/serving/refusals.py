"""Why everything runs on a project now; and until when its lists may be used."""

from collections.abc import Iterator
from datetime import datetime

from ...config import Settings
from ...domain.limits import CLOCK_SKEW, is_ahead
from ...errors import CannotAnswer, NoSnapshot, StaleData, SwitchedOff
from ...store.snapshots import ProjectFacts


def refusals_of(
    facts: ProjectFacts, *, settings: Settings, now: datetime
) -> tuple[CannotAnswer, ...]:
    """Return the reasons, deliberate ones first; nothing if the lists may be used."""
    return tuple(_switches(facts, settings) + _snapshot(facts) + _age(facts, settings, now))


def fresh_until(facts: ProjectFacts, *, settings: Settings) -> datetime | None:
    """Return the time until which the lists are fresh.

    None if they never go stale, or if there is neither an ingest nor a snapshot yet.
    """
    if facts.is_archived:
        return None
    limits = _results_until(facts, settings), _snapshot_until(facts, settings)
    return min((limit for limit in limits if limit is not None), default=None)


def turning_points(facts: ProjectFacts, *, settings: Settings) -> Iterator[datetime]:
    """Give the times at which time alone may change what `refusals_of` returns."""
    if facts.is_archived:
        return
    for moment in (facts.succeeded_at, facts.as_of):
        if moment is not None:
            yield moment - CLOCK_SKEW
    for limit in (_results_until(facts, settings), _snapshot_until(facts, settings)):
        if limit is not None:
            yield limit


def _switches(facts: ProjectFacts, settings: Settings) -> list[CannotAnswer]:
    found: list[CannotAnswer] = []
    if settings.is_killed:
        found.append(SwitchedOff("the kill switch of this server is set, so everything runs"))
    if facts.is_killed:
        found.append(SwitchedOff(f"the kill switch of {facts.project} is set, so everything runs"))
    if not facts.is_integration:
        found.append(SwitchedOff(
            f"{facts.project} is not an integration project, so everything runs there"))
    return found


def _snapshot(facts: ProjectFacts) -> list[CannotAnswer]:
    if facts.snapshot_id is None:
        return [NoSnapshot(f"no snapshot of scope {facts.scope} is published yet, so everything "
                           f"runs on {facts.project}")]
    return []


def _age(facts: ProjectFacts, settings: Settings, now: datetime) -> list[CannotAnswer]:
    if facts.is_archived:
        return []
    found: list[CannotAnswer] = []
    since, results_until = facts.succeeded_at, _results_until(facts, settings)
    if results_until is None:
        found.append(StaleData(f"{facts.project} has no successful ingest yet, so everything runs"))
    elif since is not None and is_ahead(since, now):
        found.append(StaleData(f"results of {facts.project} were taken in last at "
                               f"{since:%Y-%m-%d %H:%M} UTC, which is ahead of the clock, so "
                               "everything runs"))
    elif now > results_until:
        found.append(StaleData(f"results of {facts.project} were taken in last at "
                               f"{since:%Y-%m-%d %H:%M} UTC, which is too old, so everything runs"))
    if facts.as_of is not None and is_ahead(facts.as_of, now):
        found.append(_snapshot_stale(facts, "is ahead of the clock"))
    elif facts.as_of is not None and now > facts.as_of + settings.snapshot_max_age:
        found.append(_snapshot_stale(facts, "is too old"))
    return found


def _snapshot_stale(facts: ProjectFacts, why: str) -> StaleData:
    return StaleData(f"the published snapshot {facts.snapshot_id} (as of "
                     f"{facts.as_of:%Y-%m-%d %H:%M} UTC) {why}, so everything runs on "
                     f"{facts.project}")


def _results_until(facts: ProjectFacts, settings: Settings) -> datetime | None:
    return facts.succeeded_at and facts.succeeded_at + settings.stale_after


def _snapshot_until(facts: ProjectFacts, settings: Settings) -> datetime | None:
    return facts.as_of and facts.as_of + settings.snapshot_max_age
