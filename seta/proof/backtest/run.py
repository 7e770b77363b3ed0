"""Decide again at past moments, and score each decision on the regressions that came after it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from joblib import Parallel, delayed
from sqlalchemy.orm import Session, sessionmaker

from ...analysis.setcover import Budget
from ...config import Settings
from ...errors import NothingToAnalyze
from ...store.curation.projects import scope_named
from ...store.ledger.outcomes import count_selective
from ..evidence import Evidence, read_evidence
from .history import History, read_history
from .policies import Known
from .plan import Plan
from .report import Backtest, report_of
from .trials import Trial, Tried, try_policies

Progress = Callable[[str], None]


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
        evidence = read_evidence(
            session, scope, plan.cut_offs(), settings=settings, progress=progress)
    skipped: list[datetime] = []
    trials = _trials(evidence, plan, history, settings, skipped)
    parallel = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs")
    tried: list[Tried] = []
    for each in parallel(delayed(try_policies)(trial) for trial in trials):
        tried.append(each)
        progress(f"{len(tried)} cut-offs, the last on {each.period.begin:%Y-%m-%d}")
    if not any(each.period.regressions for each in tried):
        raise NothingToAnalyze(
            f"nothing to score: no regression of {plan.scope} came after a cut-off that could be "
            f"decided ({len(skipped)} could not)")
    return report_of(plan, history, tried, skipped=len(skipped), selective=selective)


def _trials(
    evidence: Evidence, plan: Plan, history: History, settings: Settings,
    skipped: list[datetime],
) -> Iterator[Trial]:
    for at in plan.cut_offs():
        problem = evidence.problem_at(at)
        if not problem.regressions:
            skipped.append(at)
            continue
        known = Known(problem, evidence.ages_at(at),
                      Budget(settings.node_limit, settings.time_limit.total_seconds()))
        period = history.period(at, min(at + plan.step, plan.until), known_fixes=frozenset(
            each.fixed_by for each in problem.regressions), within=plan.within)
        yield Trial(known, period, plan)
