"""The curve of machine time against what is caught, and when, over the settings of a project."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ...analysis.choice import LEAST_REGRESSIONS
from ...domain import COVER, Prices
from ...errors import NothingToAnalyze
from ..backtest.costs import Board, Cost
from ..backtest.history import Period
from ..backtest.intervals import Bootstrap
from ..backtest.policies import Columns, Known
from ..backtest.policy_scores import spread
from ..backtest.scoring import Catch, score
from ..costs import Amounts, share, why_no_money
from .past import Past, Progress
from .question import Question, Setting, settings_of

NANO = 10 ** 9    # money is counted in whole billionths


@dataclass(frozen=True, slots=True)
class Share:
    """A share of the regressions, from 0 to 1, with the 95 % interval."""

    share: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Point:
    """What one setting would have cost and caught; costs are means per push."""

    setting: Setting
    is_present: bool
    cost: Amounts
    money: Amounts | None
    by_set: Share                    # a witness runs on every push
    on_push: Share                   # found on the push that broke it, perhaps by the cadence
    soon: Share                      # within the present limits of priority 2
    found: float                     # at all, by the end of the data
    pushes_late: dict[str, float]    # median, p90 and max of those that were found
    minutes_late: dict[str, float]

    @property
    def share_of_full(self) -> float | None:
        """What of a full run a push takes, with the cadence."""
        return share(self.cost.expected, self.cost.full_run)


@dataclass(frozen=True)
class Curve:
    """All settings on the same pushes and regressions of one project."""

    project: str
    scope: str
    since: datetime
    until: datetime
    step: timedelta
    cut_offs: int                    # those at which something could be decided
    skipped: int
    regressions: int
    pushes: int
    unit: str                        # "ms" or "jobs"
    currency: str | None
    why_no_money: str | None
    points: tuple[Point, ...]


@dataclass
class _Tally:
    """What one setting does, period by period."""

    catches: list[list[Catch]] = field(default_factory=list)
    time: Cost = field(default_factory=Cost)
    jobs: Cost = field(default_factory=Cost)
    money: Cost = field(default_factory=Cost)


def curve_of(
    past: Past, question: Question, *, prices: Prices | None, progress: Progress
) -> Curve:
    """Decide once at each cut-off for each redundancy and budget; cadences only score again.

    Raises BadInput for too many settings, and NothingToAnalyze where nothing can be scored.
    """
    present = Setting(past.scope.redundancy, past.scope.budget, past.project.cadence)
    tallies = {each: _Tally() for each in settings_of(question, past.scope, present.cadence)}
    timelines = {setting.cadence: past.timeline_with(setting.cadence) for setting in tallies}
    has_durations, cut_offs = True, 0
    for _, known, period in past.trials(progress):
        cut_offs += 1
        has_durations &= bool(known.problem.durations_ms)
        priced = priced_known(known, prices) if prices else None
        sets: dict[tuple[int, float], Columns] = {}
        for setting, tally in tallies.items():
            key = setting.redundancy, setting.budget
            if key not in sets:
                sets[key] = set_of(known, *key, objective=past.scope.objective)
            tried = replace(period, timelines={
                past.project.name: timelines[setting.cadence]})
            _count(tally, known, priced, sets[key], tried)
    sizes = [len(each) for each in next(iter(tallies.values())).catches]
    if not sum(sizes):
        raise NothingToAnalyze(
            f"nothing to score: no regression of {past.project.name} came after a cut-off that "
            f"could be decided ({len(past.cut_offs) - cut_offs} could not)")
    unit = "ms" if has_durations else "jobs"
    reason = why_no_money(unit, prices)
    bootstrap = Bootstrap(sizes)
    points = tuple(_point(setting, tally, bootstrap, unit=unit, with_money=reason is None,
                          is_present=setting == present) for setting, tally in tallies.items())
    return Curve(
        past.project.name, past.scope.name, past.since, past.until, past.step, cut_offs,
        len(past.cut_offs) - cut_offs, sum(sizes), next(iter(tallies.values())).time.pushes, unit,
        prices.currency if prices and reason is None else None, reason, points)


def set_of(known: Known, redundancy: int, budget: float, *, objective: str = COVER) -> Columns:
    """Return what is chosen: a cover, and what its budget adds; or what is expected to catch most.

    As an analysis decides, whatever its parameters: those are chosen for the plain cover's cost.
    """
    cover = known.plain if redundancy == 1 else known.cover_with(redundancy)
    is_cover = objective == COVER or sum(map(bool, known.cover.witnesses)) < LEAST_REGRESSIONS
    if is_cover and budget == 1:
        return cover
    return known.expected(
        int(budget * known.cost_of(cover)), cover if is_cover else frozenset())


def priced_known(known: Known, prices: Prices) -> Known:
    """Return the same with costs in money, in whole billionths."""
    twin = replace(known)
    costs = [round(NANO * prices.of_time(job_type.platform, cost))
             for job_type, cost in zip(known.cover.job_types, known.costs)]
    vars(twin).update(cover=known.cover, costs=costs, caught=known.caught,
                      board=Board(known.problem, known.cover, costs, known.caught))
    return twin


def _count(
    tally: _Tally, known: Known, priced: Known | None, chosen: Columns, period: Period
) -> None:
    found = score(known, [chosen], period)
    tally.catches.append(found.catches)
    tally.time.add(found.bill.time)
    tally.jobs.add(found.bill.jobs)
    if priced is not None:
        tally.money.add(score(priced, [chosen], period).bill.time)


def _point(
    setting: Setting, tally: _Tally, bootstrap: Bootstrap, *, unit: str, with_money: bool,
    is_present: bool,
) -> Point:
    catches = [catch for period in tally.catches for catch in period]
    by_set, on_push, soon = (
        share_in(bootstrap, [[getattr(catch, name) for catch in period]
                             for period in tally.catches])
        for name in ("by_set", "on_push", "soon"))
    return Point(
        setting, is_present, amounts_of(tally.time if unit == "ms" else tally.jobs),
        amounts_of(tally.money, NANO) if with_money else None, by_set, on_push, soon,
        sum(catch.pushes_late is not None for catch in catches) / len(catches),
        spread([catch.pushes_late for catch in catches]),
        spread([catch.minutes_late for catch in catches]))


def share_in(bootstrap: Bootstrap, values: Sequence[Sequence[float]]) -> Share:
    """Return the mean of values, a list for each period, with its interval."""
    interval = bootstrap.interval(values)
    assert interval is not None  # there is a regression
    flat = [value for period in values for value in period]
    return Share(sum(flat) / len(flat), *interval, len(flat))


def amounts_of(cost: Cost, unit: int = 1) -> Amounts:
    """Return what a push costs on average."""
    per = max(1, cost.pushes) * unit
    return Amounts(cost.full / per, cost.every_push / per, cost.with_cadence / per,
                   cost.backfill / per)
