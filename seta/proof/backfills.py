"""What finding culprits costs: of regressions that a job finds whose turn came only later."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..domain import Priority
from ..ledger.backfill import expected_runs
from ..store.snapshots.costs import CostedWitness


@dataclass(frozen=True, slots=True)
class Backfills:
    """The share of regressions that only a low-value job finds, and what a regression costs."""

    low_value_share: float            # of the regressions, from 0 to 1
    runs: float                       # that bisect a regression, the mean over all of them
    cost: Mapping[str, float]         # of these runs, by platform


def runs_to_bisect(ran_on: Sequence[bool]) -> float:
    """Return how many runs find a culprit, in the mean over the pushes that may be the culprit.

    `ran_on` says on which pushes a job ran. The suspects are those since its last run. What has
    not run by the end is taken to run on the last push.

    >>> runs_to_bisect([True, False, False, False, True])  # one of 1 suspect, four of 4
    1.6
    """
    if not ran_on:
        return 0.0
    total, suspects = 0.0, 0
    for number, ran in enumerate(ran_on, 1):
        suspects += 1
        if ran or number == len(ran_on):
            total += suspects * expected_runs(suspects)
            suspects = 0
    return total / len(ran_on)


def expected_backfills(
    regressions: Mapping[str, Iterable[CostedWitness]], bisecting: Mapping[Priority, float]
) -> Backfills:
    """Return what backfills cost for each regression like those of the window.

    The set catches all of the window, which it was made for; so each regression is taken as one
    that had not come yet: a job that was chosen for nothing else, or caught nothing else, has the
    priority that it would have then. Of the witnesses that run soonest one is bisected, any of
    them. `bisecting` are the runs for each priority.
    """
    low_value, runs = 0, 0.0
    cost: dict[str, float] = {}
    count = 0
    for fixed_by, witnesses in regressions.items():
        count += 1
        ranked = [(_priority_without(each, fixed_by), each) for each in witnesses]
        soonest = min(priority for priority, _ in ranked)
        first = [each for priority, each in ranked if priority == soonest]
        low_value += not soonest.is_high_value
        runs += bisecting[soonest]
        for each in first:
            cost[each.platform] = (cost.get(each.platform, 0.0)
                                   + bisecting[soonest] * each.cost / len(first))
    if not count:
        return Backfills(0.0, 0.0, {})
    return Backfills(low_value / count, runs / count,
                     {platform: total / count for platform, total in cost.items()})


def _priority_without(witness: CostedWitness, fixed_by: str) -> Priority:
    """Return the priority that a job type would have, had it not caught this regression."""
    is_chosen_for_it = witness.needed_for is not None and set(witness.needed_for) <= {fixed_by}
    if witness.reason in ("chosen", "covered") and (
            is_chosen_for_it or not witness.priority.is_high_value):
        return Priority.SECOND if witness.caught > 1 else Priority.THIRD
    return witness.priority
