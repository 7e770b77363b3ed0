"""One cut-off: what each policy chooses on what was known then, and how it does on what came."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ...domain import COVER
from .ages import Aged, by_age
from .history import Period
from .plan import Plan
from .policies import (
    AS_DECIDED, CEILING, EVERY_NTH, POLICIES, RANKINGS, Columns, Known, as_decided, cover,
    cover_named, knowing,
)
from .scoring import Score, score, score_every_nth

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Trial:
    """A cut-off with what was known and what came."""

    known: Known
    period: Period
    plan: Plan


@dataclass(frozen=True)
class Tried:
    """A cut-off with the score of each policy."""

    period: Period
    unit: str
    main: str                # the policy whose misses, ages and platforms are reported
    scores: dict[str, Score]
    unforeseen: int          # regressions of which no witness caught anything before
    by_jobs: dict[str, Score] = field(default_factory=dict)  # with as many jobs as the plain cover
    chosen: dict[str, Keys] = field(default_factory=dict)    # of each policy that has one set
    aged: tuple[Aged, ...] = ()      # how the set of `main` does on later regressions


def try_policies(trial: Trial) -> Tried:
    """Let each policy choose, and score what it chose."""
    known, period = trial.known, trial.period
    number_of = known.board.number_of
    later = [frozenset(number_of[job_type] for job_type in each.witnesses if job_type in number_of)
             for each in period.regressions]
    main = _main(trial)
    names = trial.plan.names(main)
    scores: dict[str, Score] = {}
    chosen: dict[str, Keys] = {}
    aged: tuple[Aged, ...] = ()
    for name in names:
        if name == EVERY_NTH:
            scores[name] = score_every_nth(known, period)
            continue
        sets = _policy(name, later)(known)
        scores[name] = score(known, sets, period)
        if len(sets) == 1:
            chosen[name] = known.board.keys[sorted(sets[0])]
        if name == main:
            aged = by_age(known.board, sets[0], period)
    by_jobs = {name: score(known, _policy(name, later)(known.counted), period)
               for name in (*RANKINGS, CEILING) if name in names}
    unforeseen = sum(not witnesses & known.caught for witnesses in later)
    return Tried(period, "ms" if known.problem.durations_ms else "jobs", main, scores, unforeseen,
                 by_jobs, chosen, aged)


def _main(trial: Trial) -> str:
    """Return the policy that stands for SETA: the cover that is asked for, or what is in force."""
    problem, redundancy = trial.known.problem, trial.plan.redundancy
    if redundancy is None and (problem.budget > 1 or problem.objective != COVER):
        return AS_DECIDED
    return f"cover, k = {redundancy or problem.redundancy}"


def _policy(name: str, later: list[Columns]) -> Callable[[Known], list[Columns]]:
    if name == CEILING:
        return knowing(later)
    if name == AS_DECIDED:
        return as_decided
    redundancy = cover_named(name)
    return POLICIES[name] if redundancy is None else cover(redundancy)
