"""The smaller figures of a backtest: by platform, by cut-off, and how sure the culprits are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from .history import Period
from .intervals import Interval, wilson
from .policy_scores import spread
from .scoring import Catch, Score
from .trials import Tried


@dataclass(frozen=True)
class PlatformFigure:
    """The regressions that a platform's jobs showed, and what its jobs take of a push."""

    platform: str
    regressions: int         # that a witness there showed
    by_set: float            # of these: a witness anywhere runs on every push
    on_push: float
    only_here: int           # that no other platform showed
    only_by_set: float | None
    every_push: float
    full: float


@dataclass(frozen=True)
class PeriodFigure:
    """A cut-off and what each policy caught of what came until the next one."""

    begin: datetime
    end: datetime
    regressions: int
    pushes: int
    by_set: dict[str, float]            # by policy; empty: nothing came
    interval: Interval | None           # 95 %, of the main policy, were they independent


@dataclass(frozen=True)
class Origins:
    """How well the push that broke it is known."""

    known: int               # regressions with one suspect: a witness passed on the push before
    several: int             # with more
    unknown: int             # no pass is known: the first failing push stands for the culprit
    suspects: dict[str, float]          # median, p90, max, of those with a known pass


def platform_figures(tried: Sequence[Tried]) -> tuple[PlatformFigure, ...]:
    """Return the figures of each platform, by name, for the main policy."""
    seen: dict[str, list[tuple[Catch, bool]]] = defaultdict(list)
    times: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    pushes = 0
    for each in tried:
        score = each.scores[each.main]
        pushes += score.cost.pushes
        for platform, amounts in score.bill.platforms.items():
            times[platform] = [one + other for one, other in zip(times[platform], amounts)]
        for regression, catch in zip(each.period.regressions, score.catches):
            platforms = {job_type.platform for job_type in regression.witnesses}
            for platform in platforms:
                seen[platform].append((catch, len(platforms) == 1))
    found = []
    for platform in sorted({*seen, *times}):
        catches = [catch for catch, _ in seen[platform]]
        alone = [catch for catch, is_alone in seen[platform] if is_alone]
        found.append(PlatformFigure(
            platform, len(catches), _share(catches) or 0.0,
            fmean(each.on_push for each in catches) if catches else 0.0, len(alone), _share(alone),
            *(amount / max(1, pushes) for amount in times[platform])))
    return tuple(found)


def _share(catches: Sequence[Catch]) -> float | None:
    return fmean(each.by_set for each in catches) if catches else None


def period_figures(tried: Sequence[Tried]) -> tuple[PeriodFigure, ...]:
    return tuple(_period_figure(each.period, each.scores, each.main) for each in tried)


def _period_figure(period: Period, scores: dict[str, Score], main: str) -> PeriodFigure:
    count = len(period.regressions)
    shares = {name: fmean(catch.by_set for catch in score.catches)
              for name, score in scores.items()} if count else {}
    return PeriodFigure(period.begin, period.end, count, scores[main].cost.pushes, shares,
                        wilson(shares[main], count) if count else None)


def origins_of(periods: Sequence[Period]) -> Origins:
    """Count the regressions of periods by how many pushes may have broken them."""
    sizes = [len(each.suspects(period.timelines[each.project]))
             for period in periods for each in period.regressions if each.last_pass is not None]
    total = sum(len(period.regressions) for period in periods)
    return Origins(sizes.count(1), len(sizes) - sizes.count(1), total - len(sizes), spread(sizes))
