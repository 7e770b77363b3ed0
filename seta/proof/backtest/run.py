"""Decide again at past moments, and score each decision on the regressions that came after it."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from joblib import delayed
from sqlalchemy.orm import Session, sessionmaker

from ...analysis.setcover import Budget
from ...config import Settings
from ...errors import NothingToAnalyze
from ...store.curation.projects import scope_named
from ...store.ledger.outcomes import count_selective
from ..evidence import Evidence, read_evidence
from ..parallel import workers
from .history import History, Period, read_history
from .policies import Known
from .plan import Plan
from .report import Backtest, report_of
from .trials import Trial, Tried, try_policies

logger = logging.getLogger(__name__)

Progress = Callable[[str], None]
TOGETHER = 4    # cut-offs
NO_PERIOD = Period(datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC), (), {})


def backtest(
    sessions: sessionmaker[Session], plan: Plan, *, settings: Settings, jobs: int = 1,
    progress: Progress = lambda text: None,
) -> Backtest:
    """Decide at each cut-off with what was known then, and score all policies.

    Nothing is stored. `jobs` processes decide in parallel, or a Dask cluster where
    the settings name one. Raises UnknownScope, BadInput, BadSetting, and
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
        evidence = read_evidence(
            session, scope, plan.cut_offs(), settings=settings, progress=progress)
    return backtest_of(evidence, history, plan, settings=settings, jobs=jobs, selective=selective,
                       progress=progress)


def backtest_of(
    evidence: Evidence, history: History, plan: Plan, *, settings: Settings, jobs: int = 1,
    selective: int = 0, progress: Progress = lambda text: None,
) -> Backtest:
    """Decide at each cut-off on this evidence, and score on this history, as `backtest` does."""
    skipped: list[datetime] = []
    waiting: deque[Period] = deque()    # of the trials under way, in order
    trials = _noted(_trials(evidence, plan, history, settings, skipped), waiting)
    tried: list[Tried] = []
    with workers(settings.parallel, jobs) as parallel:
        for found in parallel(delayed(_try_all)(each) for each in _batched(trials)):
            for each in found:
                tried.append(replace(each, period=waiting.popleft()))
            progress(f"{len(tried)} cut-offs, the last on {tried[-1].period.begin:%Y-%m-%d}")
    if not any(each.period.regressions for each in tried):
        raise NothingToAnalyze(
            f"nothing to score: no regression of {plan.scope} came after a cut-off that could be "
            f"decided ({len(skipped)} could not)")
    logger.info("tried %d cut-offs of %s", len(tried), plan.scope)
    return report_of(plan, history, tried, skipped=len(skipped), selective=selective)


def _batched(trials: Iterator[Trial]) -> Iterator[list[Trial]]:
    """Yield a few cut-offs at a time: they share the pushes, which then travel once."""
    while batch := list(islice(trials, TOGETHER)):
        yield batch


def _noted(trials: Iterable[Trial], periods: deque[Period]) -> Iterator[Trial]:
    for trial in trials:
        periods.append(trial.period)
        yield trial


def _try_all(trials: Iterable[Trial]) -> list[Tried]:
    """Try cut-offs; what came after them stays where it is known already."""
    return [replace(found, period=NO_PERIOD)
            for found in map(try_policies, trials)]


def _trials(
    evidence: Evidence, plan: Plan, history: History, settings: Settings,
    skipped: list[datetime],
) -> Iterator[Trial]:
    for at in plan.cut_offs():
        problem = evidence.problem_at(at)
        if not problem.regressions:
            skipped.append(at)
            continue
        scope = evidence.scope
        problem = replace(problem, budget=scope.budget, objective=scope.objective)
        known = Known(problem, evidence.ages_at(at),
                      Budget(settings.node_limit, settings.time_limit.total_seconds()))
        period = history.period(at, min(at + plan.step, plan.until), known_fixes=frozenset(
            each.fixed_by for each in problem.regressions), within=plan.within)
        yield Trial(known, period, plan)
