"""From the analysis' answer to a snapshot."""

from collections import Counter
from datetime import datetime

from ..analysis import Decision
from ..domain import JobPriority, Priority, Snapshot
from .gather import Gathered


def snapshot_of(gathered: Gathered, decision: Decision, *, now: datetime) -> Snapshot:
    """Return the snapshot, not stored yet, with what it was made from among its inputs."""
    priorities = tuple(
        JobPriority(each.job_type, each.priority, each.reason, each.cost, each.caught,
                    each.certificate)
        for each in decision.verdicts)
    return Snapshot(
        scope=gathered.moment.scope, as_of=gathered.moment.as_of,
        inputs=gathered.inputs | _counts(priorities),
        unit=decision.unit, objective=decision.objective, lower_bound=decision.lower_bound,
        gap=decision.gap, status=decision.status, regressions=decision.regressions,
        uncoverable=decision.uncoverable, given_up=decision.given_up,
        comparison=decision.comparison, priorities=priorities, created_at=now)


def _counts(priorities: tuple[JobPriority, ...]) -> dict:
    """Count job types by priority and by reason, and what each priority costs."""
    levels = Counter(each.priority for each in priorities)
    costs = Counter()
    for each in priorities:
        costs[each.priority] += each.cost
    return {
        "priorities": {str(int(level)): levels[level] for level in Priority},
        "costs": {str(int(level)): costs[level] for level in Priority},
        "reasons": dict(sorted(Counter(each.reason for each in priorities).items())),
    }
