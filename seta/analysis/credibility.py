"""How far to believe a witness: by its runs between a regression's first failure and its fix.

What a plain minimum likes best is a cheap job that fails often by chance and was starred by
mistake: it "covers" much. So each witness is judged by what it showed while the regression was in
the tree. It ran n times then and failed f times. Two explanations are compared:

- broken: it failed because of the regression, each run with the same chance, of which nothing is
  known beforehand. Then every f from 0 to n is equally likely, and just these runs have the
  probability 1 / ((n + 1) * C(n, f)).
- chance: it failed at the rate b at which it fails otherwise. Then it is b^f * (1 - b)^(n - f).

The witness is *credible* if the first is at least `CREDIBLE` times the second (their ratio is a
Bayes factor; H. Jeffreys, *Theory of Probability*, 1961, calls 30 very strong evidence), else
*doubtful*. A job that fails on every run is credible after one failure if it otherwise fails on at
most one run in 60, and one that failed once and then passed on four runs if it otherwise fails on
fewer than one in 900.

b counts the runs of the window outside all regressions that the job is a witness of, and as many as
`USUAL_RUNS` more at the rate of all job types together: that is all there is for a new job. Where
nobody reports runs that passed there is no such rate, and every witness is believed.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..domain import JobType, RunCount
from .problem import Problem

CREDIBLE = 30.0
USUAL_RUNS = 10.0


@dataclass(frozen=True, slots=True)
class Showing:
    """What a witness showed until the fix, and whether it is believed."""

    seen: RunCount
    is_credible: bool

    def as_json(self) -> dict[str, Any]:
        return {"runs": self.seen.runs, "failures": self.seen.failures,
                "credible": self.is_credible}


def showings_of(problem: Problem) -> dict[str, dict[JobType, Showing]]:
    """Judge the witnesses whose runs are known, by fixing revision."""
    usual = usual_rates(problem)
    found: dict[str, dict[JobType, Showing]] = defaultdict(dict)
    for fixed_by, showed in problem.shown.items():
        for job_type, seen in showed.items():
            if seen.runs and job_type in usual:
                found[fixed_by][job_type] = Showing(
                    seen, evidence(seen, usual[job_type]) >= math.log(CREDIBLE))
    return dict(found)


def evidence(seen: RunCount, usual: float) -> float:
    """Return the logarithm of how much better *broken* explains these runs than *chance*.

    >>> round(evidence(RunCount(1, 1), usual=1 / 60), 9) == round(math.log(30), 9)
    True
    >>> evidence(RunCount(5, 5), usual=0.3) > math.log(30) > evidence(RunCount(5, 1), usual=0.01)
    True
    """
    passes = seen.runs - seen.failures
    broken = -math.log((seen.runs + 1) * math.comb(seen.runs, seen.failures))
    if seen.failures and usual <= 0 or passes and usual >= 1:
        return math.inf  # chance cannot explain it at all
    chance = ((seen.failures and seen.failures * math.log(usual))
              + (passes and passes * math.log1p(-usual)))
    return broken - chance


def usual_rates(problem: Problem) -> dict[JobType, float]:
    """Return how often each job type fails when nothing is known to be broken.

    Only job types that passed in the window have a rate; without a run outside of regressions
    there is none at all.
    """
    during = _sums(problem.shown.values())
    others = {job_type: _without(total, during.get(job_type, RunCount(0, 0)))
              for job_type, total in problem.totals.items() if total.failures < total.runs}
    runs = sum(other.runs for other in others.values())
    if not runs:
        return {}
    common = sum(other.failures for other in others.values()) / runs
    return {job_type: (other.failures + USUAL_RUNS * common) / (other.runs + USUAL_RUNS)
            for job_type, other in others.items()}


def _sums(shown: Iterable[Mapping[JobType, RunCount]]) -> dict[JobType, RunCount]:
    runs: Counter[JobType] = Counter()
    failures: Counter[JobType] = Counter()
    for showed in shown:
        for job_type, seen in showed.items():
            runs[job_type] += seen.runs
            failures[job_type] += seen.failures
    return {job_type: RunCount(runs[job_type], failures[job_type]) for job_type in runs}


def _without(total: RunCount, part: RunCount) -> RunCount:
    """Subtract; spans of regressions may overlap, and then more was counted than there was."""
    runs = max(0, total.runs - part.runs)
    return RunCount(runs, min(runs, max(0, total.failures - part.failures)))
