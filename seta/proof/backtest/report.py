"""What a backtest says: each policy over all periods, and what was not found on its push."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .ages import AgeFigure, age_figures
from .choosing import Choice, choose
from .figures import (
    Origins, PeriodFigure, PlatformFigure, origins_of, period_figures, platform_figures,
)
from .history import History
from .plan import Plan
from .policies import CEILING, PLAIN
from .policy_scores import PolicyScore, policy_scores
from .trials import Tried


@dataclass(frozen=True)
class Miss:
    """A regression that may not have been found on the push that broke it."""

    fixed_by: str
    project: str
    first_at: datetime
    pushes_late: float | None
    minutes_late: float | None
    witnesses: tuple[str, ...]
    suspects: int               # pushes that may have broken it
    on_push: float              # 0 where there is one suspect


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
    misses: tuple[Miss, ...]            # of the main policy, as are ages and platforms
    main: str
    by_jobs: tuple[PolicyScore, ...]    # policies with as many jobs as the plain cover has
    choice: Choice | None               # None: not asked for, or not enough to choose by
    origins: Origins
    ages: tuple[AgeFigure, ...]
    platforms: tuple[PlatformFigure, ...]
    periods: tuple[PeriodFigure, ...]
    audited: int | None                 # regressions observed in full by a draw; None: no draws


def report_of(
    plan: Plan, history: History, tried: Sequence[Tried], *, skipped: int, selective: int
) -> Backtest:
    """Put the cut-offs together; `skipped` were not decided, `selective` pushes left jobs out."""
    scores = [each.scores for each in tried]
    periods = [each.period for each in tried]
    by_jobs = [each.by_jobs | {PLAIN: each.scores[PLAIN]} for each in tried]
    came = {each.fixed_by for period in periods for each in period.regressions}
    return Backtest(
        plan=plan, unit="ms" if "ms" in {each.unit for each in tried} else "jobs",
        cut_offs=len(tried), skipped=skipped,
        regressions=sum(len(period.regressions) for period in periods),
        too_young=len(history.too_young), star_delay=history.star_delay,
        unforeseen=sum(each.unforeseen for each in tried),
        pushes=sum(each[PLAIN].cost.pushes for each in scores), selective=selective,
        policies=policy_scores(scores, [each.chosen for each in tried], chances=history.chances),
        misses=_misses(tried), main=tried[0].main, by_jobs=policy_scores(by_jobs),
        choice=choose(scores, [name for name in scores[0] if name != CEILING])
        if plan.asks_for_best else None,
        origins=origins_of(periods),
        ages=age_figures([aged for each in tried for aged in each.aged], periods),
        platforms=platform_figures(tried), periods=period_figures(tried),
        audited=None if history.chances is None else len(came & history.chances.keys()))


def _misses(tried: Sequence[Tried]) -> tuple[Miss, ...]:
    found = []
    for each in tried:
        for regression, catch in zip(each.period.regressions, each.scores[each.main].catches):
            if catch.at_least < 1:
                suspects = regression.suspects(each.period.timelines[regression.project])
                found.append(Miss(
                    regression.fixed_by, regression.project, regression.first_at,
                    catch.pushes_late, catch.minutes_late,
                    tuple(sorted(map(str, regression.witnesses))), len(suspects), catch.on_push))
    return tuple(found)
