"""What a snapshot saves: its jobs and a project's cadence, on the pushes that came before it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from statistics import fmean
from typing import Any

from sqlalchemy.orm import Session

from ..domain import Cadence, Prices, Priority, Project, Snapshot
from ..ledger.turns import turns_of
from ..store.curation.projects import projects
from ..store.results.pushes import count_pushes, push_times
from ..store.snapshots import publication_state, snapshot_with_id
from ..store.snapshots.costs import (
    CostedWitness, PlatformCosts, costs_of, witnesses_by_project,
)
from .backfills import expected_backfills, runs_to_bisect
from .costs import Amounts, PushCost, why_no_money
from .replay import decisions

LAST_DAYS = 14  # of pushes: two weeks, so that weekends count as often as they come
FIGURES = ("full_run", "every_push", "expected", "saved", "saved_share", "backfills", "net_saved",
           "net_saved_share")


@dataclass(frozen=True)
class Savings:
    """What one push of a project costs with a snapshot; what jobs without a priority cost is apart.

    `cost` has it by priority and platform, `amounts` in the snapshot's unit, and `money` where
    that can be had.
    """

    project: str
    unit: str              # "ms" or "jobs"
    cost: PushCost
    pushes: int            # on which the cadence was tried
    days: float            # from the first of these until the snapshot
    low_value_share: float | None       # of regressions that only a low-value job would find
    regressions_per_push: float | None  # in the window, over the projects of the scope
    prices: Prices | None

    @property
    def amounts(self) -> Amounts:
        return self.cost.amounts()

    @property
    def money(self) -> Amounts | None:
        if self.prices is None or self.why_no_money is not None:
            return None
        return self.cost.money(self.prices)

    @property
    def why_no_money(self) -> str | None:
        return why_no_money(self.unit, self.prices)

    def per_day(self, amount: float | None) -> float | None:
        """Return an amount per push for a day; None where less than a day of pushes is known."""
        if amount is None or self.days < 1:
            return None
        return amount * self.pushes / self.days

    def to_json(self) -> dict[str, Any]:
        """Return the figures as the API and `--json` show them."""
        return {
            "project": self.project, **self._figures(self.amounts), "pushes": self.pushes,
            "days": self.days, "low_value_share": self.low_value_share,
            "regressions_per_push": self.regressions_per_push,
            "money": self._money_json(), "why_no_money": self.why_no_money,
        }

    def _figures(self, amounts: Amounts) -> dict[str, Any]:
        return {name: getattr(amounts, name) for name in FIGURES} | {
            "saved_per_day": self.per_day(amounts.saved),
            "net_saved_per_day": self.per_day(amounts.net_saved)}

    def _money_json(self) -> dict[str, Any] | None:
        money = self.money
        if money is None or self.prices is None:
            return None
        return {"currency": self.prices.currency, **self._figures(money), "computed_from": [
            {"platform": each, "price_per_hour": self.prices.of(each)} | {
                f"{name}_ms": amount for name, amount in asdict(self.cost.on(each)).items()}
            for each in self.cost.platforms]}


def savings_of(
    session: Session, snapshot: Snapshot, *, project: str | None = None,
    prices: Prices | None = None,
) -> list[Savings]:
    """Return what a stored snapshot saves on each project that it has jobs of, or on one; by name.

    The cadence is the one that the project has now, tried on the pushes of the last two weeks
    before the snapshot's as-of. A project where everything runs saves nothing.
    """
    assert snapshot.id is not None
    costs = costs_of(session, snapshot.id)
    known = projects(session, snapshot.scope)
    wanted = [each for each in known if each.name in costs and project in (None, each.name)]
    if not wanted:
        return []
    witnesses = witnesses_by_project(session, snapshot.id)
    rate = regressions_per_push(
        session, [each.name for each in known], snapshot.regressions,
        since=datetime.fromisoformat(snapshot.inputs["since"]), until=snapshot.as_of)
    found = []
    for each in wanted:
        practice = practice_of(session, each, until=snapshot.as_of)
        found.append(made_savings(each, snapshot.unit, costs[each.name], practice,
                                  witnesses.get(each.name, {}), rate, prices))
    return found


def published_savings(
    session: Session, project: Project, *, prices: Prices | None = None
) -> tuple[Snapshot | None, Savings | None]:
    """Return a project's published snapshot without priorities, and what it saves; None: none."""
    published = publication_state(session, project.scope).snapshot_id
    if published is None:
        return None, None
    snapshot = snapshot_with_id(session, published, with_priorities=False)
    found = savings_of(session, snapshot, project=project.name, prices=prices)
    return snapshot, found[0] if found else None


@dataclass(frozen=True)
class Practice:
    """What a project's cadence did on the pushes of two weeks."""

    pushes: int
    days: float
    runs: dict[Priority, float] | None    # a push, on average; None: there were no pushes
    bisecting: dict[Priority, float]      # runs that find a culprit


def practice_of(
    session: Session, project: Project, *, until: datetime, cadence: Cadence | None = None
) -> Practice:
    """Return how often a project runs each priority, by its own cadence or by another."""
    times = tuple(push_times(
        session, project.name, since=until - timedelta(days=LAST_DAYS), until=until))
    days = (until - times[0]) / timedelta(days=1) if times else 0.0
    if not project.is_integration:
        return Practice(len(times), days, dict.fromkeys(Priority, 1.0),
                        dict.fromkeys(Priority, 0.0))
    if not times:
        return Practice(0, days, None, {})
    runs, bisecting = _tried(times, cadence or project.cadence)
    return Practice(len(times), days, dict(runs), dict(bisecting))


Rates = tuple[tuple[Priority, float], ...]


@lru_cache(maxsize=64)
def _tried(times: tuple[datetime, ...], cadence: Cadence) -> tuple[Rates, Rates]:
    """Return how often a job of each priority runs on a push, and how many runs bisect one."""
    due = list(decisions(times, cadence))
    ran_on = {priority: [
        [priority in each.priorities or turn in each.turns for each in due]
        for turn in turns_of(priority, cadence) or (None,)] for priority in Priority}
    return (
        tuple((priority, fmean(sum(each) / len(due) for each in found))
              for priority, found in ran_on.items()),
        tuple((priority, fmean(map(runs_to_bisect, found))) for priority, found in ran_on.items()))


def made_savings(
    project: Project, unit: str, costs: PlatformCosts, practice: Practice,
    witnesses: Mapping[str, Iterable[CostedWitness]], rate: float | None, prices: Prices | None,
) -> Savings:
    """Put together what a set saves on a project.

    `witnesses` are those of each regression of the window that has any here, `rate` is how many
    regressions come with a push.
    """
    per_push: dict[str, float] = {}
    low_value_share = None
    if practice.runs is not None:
        backfills = expected_backfills(witnesses, practice.bisecting)
        low_value_share = backfills.low_value_share
        per_push = {platform: cost * (rate or 0.0) for platform, cost in backfills.cost.items()}
    return Savings(
        project.name, unit, PushCost(costs, practice.runs, per_push), practice.pushes,
        practice.days, low_value_share, rate, prices)


def regressions_per_push(
    session: Session, names: Iterable[str], regressions: int, *, since: datetime, until: datetime
) -> float | None:
    """Return how many of a window's regressions came with a push of these projects."""
    pushes = count_pushes(session, names, since=since, until=until)
    return regressions / pushes if pushes else None
