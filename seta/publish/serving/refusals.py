"""Why a project's lists may not be used now, so that everything runs."""

from datetime import datetime

from ...config import Settings
from ...errors import CannotAnswer, NoSnapshot, StaleData, SwitchedOff
from ...store.snapshots import ProjectFacts


def refusals_of(
    facts: ProjectFacts, *, settings: Settings, now: datetime
) -> tuple[CannotAnswer, ...]:
    """Return the reasons, the most deliberate first; nothing when the lists are good."""
    return tuple(_switches(facts, settings) + _snapshot(facts) + _age(facts, settings, now))


def _switches(facts: ProjectFacts, settings: Settings) -> list[CannotAnswer]:
    found = []
    if settings.is_killed:
        found.append(SwitchedOff("the kill switch of this server is set, so everything runs"))
    if facts.is_killed:
        found.append(SwitchedOff(f"the kill switch of {facts.project} is set, so everything runs"))
    if not facts.is_integration:
        found.append(SwitchedOff(
            f"{facts.project} is no integration project, so everything runs there"))
    return found


def _snapshot(facts: ProjectFacts) -> list[CannotAnswer]:
    if facts.snapshot_id is None:
        return [NoSnapshot(f"no snapshot of scope {facts.scope} is published yet, so everything "
                           f"runs on {facts.project}")]
    return []


def _age(facts: ProjectFacts, settings: Settings, now: datetime) -> list[CannotAnswer]:
    if facts.is_archived:
        return []
    found = []
    since = facts.succeeded_at
    if since is None or now - since > settings.stale_after:
        last = "never" if since is None else f"last at {since:%Y-%m-%d %H:%M} UTC"
        found.append(StaleData(f"results of {facts.project} were taken in {last}, so everything "
                               "runs"))
    if facts.as_of is not None and now - facts.as_of > settings.snapshot_max_age:
        found.append(StaleData(f"the published snapshot {facts.snapshot_id} is of "
                               f"{facts.as_of:%Y-%m-%d %H:%M} UTC, so everything runs on "
                               f"{facts.project}"))
    return found
