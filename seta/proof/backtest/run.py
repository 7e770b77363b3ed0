"""Decide again at past moments, and score each decision on the regressions that came after it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import fmean, median, quantiles

from joblib import Parallel, delayed
from sqlalchemy.orm import Session, sessionmaker

from ...analysis.setcover import Budget
from ...config import Settings
from ...domain import Scope
from ...errors import BadInput, NothingToAnalyze
from ...publish.gather import gather
from ...store.curation.projects import scope_named
from ...store.ledger.outcomes import count_selective
from .history import History, read_history
from .intervals import Bootstrap, Interval
from .policies import CEILING, POLICIES, Known, knowing
from .scoring import Cost, Period, Score, score

PLAIN = "cover, k = 1"
Progress = Callable[[str], None]


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


@dataclass(frozen=True)
class _Trial:
    """One cut-off with what was known and what came."""

    known: Known
    period: Period


def backtest(
    sessions: sessionmaker[Session], plan: Plan, *, settings: Settings, jobs: int = 1,
    progress: Progress = lambda text: None,
) -> Backtest:
    """Decide at each cut-off with what was known then, and score all policies.

    Nothing is stored. `jobs` processes decide in parallel. Raises UnknownScope, BadInput, and
    NothingToAnalyze where no cut-off can be decided or no regression can be scored.
    """
    with sessions() as session:
        scope = scope_named(session, plan.scope)
        if plan.window is not None:
            scope = replace(scope, window_days=max(1, plan.window.days))
        oldest = plan.since - timedelta(days=scope.window_days)
        history = read_history(session, scope, since=oldest, until=plan.until)
        selective = count_selective(
            session, history.projects, since=plan.since, until=plan.until)
    skipped: list[datetime] = []
    trials = _trials(sessions, scope, plan, history, settings, skipped)
    parallel = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs")
    scores, periods, units, unforeseen = [], [], set(), 0
    for period, unit, found, unseen in parallel(delayed(_score_all)(trial) for trial in trials):
        scores.append(found)
        periods.append(period)
        units.add(unit)
        unforeseen += unseen
        progress(f"{len(scores)} cut-offs, the last on {period.begin:%Y-%m-%d}")
    if not any(period.regressions for period in periods):
        raise NothingToAnalyze(
            f"nothing to score: no regression of {plan.scope} came after a cut-off that could be "
            f"decided ({len(skipped)} could not)")
    return Backtest(
        plan, "ms" if "ms" in units else "jobs", len(periods), len(skipped),
        sum(len(period.regressions) for period in periods), len(history.too_young),
        history.star_delay, unforeseen, sum(each[PLAIN].cost.pushes for each in scores), selective,
        _policy_scores(scores), _misses(periods, scores))


def _trials(
    sessions: sessionmaker[Session], scope: Scope, plan: Plan, history: History,
    settings: Settings, skipped: list[datetime],
) -> Iterator[_Trial]:
    for at in plan.cut_offs():
        end = min(at + plan.step, plan.until)
        came = tuple(each for each in history.regressions
                     if at <= each.first_at < end and each.fixed_by not in history.too_young
                     and not history.timelines[each.project].runs_all)
        with sessions() as session:
            gathered = gather(session, scope, now=at, as_of=at, settings=settings)
        known = Known(
            gathered.problem, history.ages_at(at),
            Budget(settings.node_limit, settings.time_limit.total_seconds()))
        if not gathered.problem.regressions:
            skipped.append(at)
            continue
        yield _Trial(known, Period(at, end, came, history.timelines))


def _score_all(trial: _Trial) -> tuple[Period, str, dict[str, Score], int]:
    known, period = trial.known, trial.period
    number_of = {job_type: column for column, job_type in enumerate(known.cover.job_types)}
    later = [frozenset(number_of[job_type] for job_type in each.witnesses if job_type in number_of)
             for each in period.regressions]
    policies = POLICIES | {CEILING: knowing(later)}
    found = {name: score(known, policy(known), period) for name, policy in policies.items()}
    unforeseen = sum(not witnesses & known.caught for witnesses in later)
    return period, "ms" if known.problem.durations_ms else "jobs", found, unforeseen


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
