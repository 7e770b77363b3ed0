"""What a backtest says: each policy over all periods, and what the plain cover did not find."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, median, quantiles

from ...errors import BadInput
from .history import History, Period
from .intervals import Bootstrap, Interval
from .scoring import Cost, Score
from .trials import Tried

PLAIN = "cover, k = 1"


@dataclass(frozen=True)
class Plan:
    """Which cut-offs are tried."""

    scope: str
    since: datetime
    until: datetime
    step: timedelta
    window: timedelta | None = None     # None: the scope's

    def __post_init__(self) -> None:
        if self.step <= timedelta(0):
            raise BadInput(f"the step must be longer than nothing, not {self.step}")
        if self.since >= self.until:
            raise BadInput(f"the first cut-off, {self.since:%Y-%m-%d}, must come before the end, "
                           f"{self.until:%Y-%m-%d}")

    def cut_offs(self) -> Iterator[datetime]:
        at = self.since
        while at < self.until:
            yield at
            at += self.step


@dataclass(frozen=True)
class PolicyScore:
    """A policy over all periods; shares are from 0 to 1, costs means per push."""

    policy: str
    by_set: float                       # a witness runs on every push
    interval: Interval | None           # 95 %, of `by_set`
    difference: float                   # of `by_set` to the plain cover's
    difference_interval: Interval | None
    on_push: float                      # with what the cadence runs there
    soon: float
    found: float                        # at all, by the end of the data
    pushes_late: dict[str, float]       # median, p90, max, of those that were found
    minutes_late: dict[str, float]
    every_push: float
    with_cadence: float
    full: float


@dataclass(frozen=True)
class Miss:
    """A regression that the plain cover does not find on its first failing push."""

    fixed_by: str
    project: str
    first_at: datetime
    pushes_late: float | None
    minutes_late: float | None
    witnesses: tuple[str, ...]


@dataclass(frozen=True)
class Backtest:
    """What each policy would have caught."""

    plan: Plan
    unit: str
    cut_offs: int
    skipped: int                        # cut-offs at which nothing could be decided
    regressions: int                    # scored
    too_young: int                      # left out: not all of their failures are starred yet
    star_delay: timedelta               # its 95th percentile
    unforeseen: int                     # scored ones of which no witness caught anything before
    pushes: int
    selective: int                      # pushes of that time on which jobs were left out
    policies: tuple[PolicyScore, ...]
    misses: tuple[Miss, ...]


def report_of(
    plan: Plan, history: History, tried: list[Tried], *, skipped: int, selective: int
) -> Backtest:
    """Put the cut-offs together; `skipped` were not decided, `selective` pushes left jobs out."""
    scores = [each.scores for each in tried]
    return Backtest(
        plan, "ms" if "ms" in {each.unit for each in tried} else "jobs", len(tried), skipped,
        sum(len(each.period.regressions) for each in tried), len(history.too_young),
        history.star_delay, sum(each.unforeseen for each in tried),
        sum(each[PLAIN].cost.pushes for each in scores), selective,
        _policy_scores(scores), _misses([each.period for each in tried], scores))


def _policy_scores(scores: list[dict[str, Score]]) -> tuple[PolicyScore, ...]:
    bootstrap = Bootstrap([len(each[PLAIN].catches) for each in scores])
    plain = [[catch.by_set for catch in each[PLAIN].catches] for each in scores]
    return tuple(_policy_score(name, [each[name] for each in scores], plain, bootstrap)
                 for name in scores[0])


def _policy_score(
    name: str, scores: list[Score], plain: list[list[float]], bootstrap: Bootstrap
) -> PolicyScore:
    by_set = [[catch.by_set for catch in each.catches] for each in scores]
    catches = [catch for each in scores for catch in each.catches]
    cost = Cost()
    for each in scores:
        cost.add(each.cost)
    pushes = max(1, cost.pushes)
    differences = [[one - other for one, other in zip(ours, theirs)]
                   for ours, theirs in zip(by_set, plain)]
    return PolicyScore(
        name, fmean(catch.by_set for catch in catches), bootstrap.interval(by_set),
        fmean(each for period in differences for each in period), bootstrap.interval(differences),
        fmean(catch.on_push for catch in catches),
        fmean(catch.soon for catch in catches),
        fmean(catch.pushes_late is not None for catch in catches),
        _spread([catch.pushes_late for catch in catches]),
        _spread([catch.minutes_late for catch in catches]),
        cost.every_push / pushes, cost.with_cadence / pushes, cost.full / pushes)


def _spread(values: list[float | None]) -> dict[str, float]:
    found = sorted(value for value in values if value is not None)
    if not found:
        return {}
    p90 = quantiles(found, n=10, method="inclusive")[8] if len(found) > 1 else found[0]
    return {"median": median(found), "p90": p90, "max": found[-1]}


def _misses(periods: list[Period], scores: list[dict[str, Score]]) -> tuple[Miss, ...]:
    found = []
    for period, each in zip(periods, scores):
        for regression, catch in zip(period.regressions, each[PLAIN].catches):
            if not catch.on_push:
                found.append(Miss(
                    regression.fixed_by, regression.project, regression.first_at,
                    catch.pushes_late, catch.minutes_late,
                    tuple(sorted(map(str, regression.witnesses)))))
    return tuple(found)
