"""What a push costs, in machine time and in money, and what of that is saved."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..domain import Prices, Priority
from ..domain.prices import MS_PER_HOUR

Costs = Mapping[Priority, Mapping[str, float]]    # by priority and platform, of one run of each job
NO_PRICE = "no price is set (SETA_PRICE)"
NO_DURATIONS = "no duration is known, so jobs are counted instead of machine time"


@dataclass(frozen=True, slots=True)
class Amounts:
    """What one push costs on average, all in one unit: milliseconds, jobs, or money."""

    full_run: float            # every job with a priority
    every_push: float          # those of priority 1, forced ones among them
    expected: float | None     # with the cadence; None where no push is known
    backfills: float | None    # what finding culprits costs beside that

    @property
    def saved(self) -> float | None:
        return None if self.expected is None else self.full_run - self.expected

    @property
    def saved_share(self) -> float | None:
        return share(self.saved, self.full_run)

    @property
    def net_saved(self) -> float | None:
        """What is saved when backfills are paid for."""
        if self.saved is None or self.backfills is None:
            return None
        return self.saved - self.backfills

    @property
    def net_saved_share(self) -> float | None:
        return share(self.net_saved, self.full_run)


def share(part: float | None, whole: float) -> float | None:
    return part / whole if part is not None and whole else None


@dataclass(frozen=True)
class PushCost:
    """How often each priority runs on a push, on average, and what backfills cost beside that."""

    costs: Costs
    runs: Mapping[Priority, float] | None    # None: no push is known
    backfills: Mapping[str, float]           # by platform

    def amounts(self) -> Amounts:
        """Return what a push costs in the unit of the costs."""
        return self._amounts(dict.fromkeys(self.platforms, 1.0))

    def money(self, prices: Prices) -> Amounts:
        """Return what a push costs in money, where the unit of the costs is milliseconds."""
        return self._amounts({each: prices.of_time(each, 1) for each in self.platforms})

    @property
    def platforms(self) -> list[str]:
        return sorted({platform for costs in self.costs.values() for platform in costs}
                      | set(self.backfills))

    def on(self, platform: str) -> Amounts:
        """Return what of a push is on one platform."""
        return self._amounts({platform: 1.0})

    def _amounts(self, worth: Mapping[str, float]) -> Amounts:
        def total(costs: Mapping[str, float]) -> float:
            return sum(cost * worth.get(platform, 0) for platform, cost in costs.items())
        by_priority = {priority: total(self.costs.get(priority, {})) for priority in Priority}
        full_run, every_push = sum(by_priority.values()), by_priority[Priority.FIRST]
        if self.runs is None:
            return Amounts(full_run, every_push, None, None)
        return Amounts(
            full_run, every_push,
            sum(by_priority[priority] * runs for priority, runs in self.runs.items()),
            total(self.backfills))


def why_no_money(unit: str, prices: Prices | None) -> str | None:
    """Return why an amount cannot be given in money; None where it can."""
    if unit != "ms":
        return NO_DURATIONS
    return NO_PRICE if prices is None else None


def amount_text(cost: float, unit: str) -> str:
    """Return machine time in hours, or a number of jobs.

    >>> amount_text(5_400_000, "ms"), amount_text(0.04, "jobs"), amount_text(1234.5, "jobs")
    ('1.5 h', '0.04 jobs', '1,234 jobs')
    """
    if unit == "ms":
        hours = cost / MS_PER_HOUR
        return f"{hours:,.{2 if 0 < abs(hours) < 1 else 1}f} h"
    is_whole = float(cost).is_integer() or abs(cost) >= 10
    return f"{cost:,.{0 if is_whole else 1 if abs(cost) >= 1 else 2}f} jobs"
