"""Problems of a realistic shape, made up: the same seed gives the same problem."""

import random
from collections import Counter
from itertools import accumulate

from seta.analysis.problem import Problem
from seta.domain import JobType, Regression

ONE_WITNESS = 0.43   # the share of regressions that a single job type caught
PLATFORMS = ("linux64", "windows10-64", "windows7-32", "osx-10-10", "android-4-3", "linux32")
BUILD_TYPES = ("opt", "debug", "pgo")


def realistic(regressions: int, job_types: int, *, seed: int = 1, at_least: int = 1) -> Problem:
    """Return a problem of three projects.

    43 % of the regressions have one witness, the others two or more with a heavy tail
    (Pareto, at most 200); with `at_least` above one all have so many, the hard kind.
    Some job types catch far more than others; durations are lognormal around ten minutes;
    a tenth of the job types is missing on each project.
    """
    rng = random.Random(seed)
    universe = make_job_types(job_types)
    cumulated = list(accumulate(rng.lognormvariate(0, 1) for _ in universe))
    found = [make_regression(rng, number, universe, cumulated, at_least)
             for number in range(regressions)]
    return Problem(
        regressions=tuple(found),
        alive={project: frozenset(job for job in universe if rng.random() < 0.9)
               for project in ("autoland", "mozilla-central", "mozilla-inbound")},
        durations_ms={job: round(rng.lognormvariate(13.3, 0.7)) for job in universe},
    )


def make_job_types(count: int) -> list[JobType]:
    return [
        JobType(PLATFORMS[number % 6], BUILD_TYPES[number // 6 % 3],
                f"suite-{number // 18 // 10}", number // 18 % 10 + 1)
        for number in range(count)
    ]


def make_regression(rng, number, universe, cumulated, at_least) -> Regression:
    count = at_least
    if at_least > 1 or rng.random() >= ONE_WITNESS:
        count = min(200, len(universe) // 4, max(at_least - 1, 1) + int(rng.paretovariate(1.1)))
    witnesses = set()
    while len(witnesses) < count:
        witnesses.update(
            rng.choices(universe, cum_weights=cumulated, k=count - len(witnesses)))
    return Regression(f"{number:012x}", frozenset(witnesses))


def witness_counts(problem: Problem) -> Counter:
    return Counter(len(regression.caught_by) for regression in problem.regressions)
