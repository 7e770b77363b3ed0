"""Problems of a realistic shape, made up: the same seed gives the same problem."""

import random
from itertools import accumulate

from seta.analysis import Problem
from seta.domain import JobType, Regression

ONE_WITNESS = 0.43   # the share of regressions that a single job type caught
PLATFORMS = ("linux64", "windows10-64", "windows7-32", "osx-10-10", "android-4-3", "linux32")
BUILD_TYPES = ("opt", "debug", "pgo")


def realistic(regressions: int, job_types: int, *, seed: int = 1) -> Problem:
    """Return a problem of three projects, on each of which a tenth of the job types is missing.

    43 % of the regressions have one witness, the others two or more with a heavy tail (Pareto,
    at most 200). Job types catch more or less (lognormal), durations are lognormal around ten
    minutes.
    """
    rng = random.Random(seed)
    universe = make_job_types(job_types)
    return Problem(
        regressions=make_regressions(rng, regressions, universe, at_least=1),
        alive={project: frozenset(job for job in universe if rng.random() < 0.9)
               for project in ("autoland", "mozilla-central", "mozilla-inbound")},
        durations_ms={job: round(rng.lognormvariate(13.3, 0.7)) for job in universe},
    )


def hard(regressions: int, job_types: int, *, spread: float, seed: int = 1) -> Problem:
    """Return a problem of one project in which every regression has three or more witnesses.

    `spread` is that of the durations: the more alike they are, the harder the proof.
    """
    rng = random.Random(seed)
    universe = make_job_types(job_types)
    return Problem(
        regressions=make_regressions(rng, regressions, universe, at_least=3),
        alive={"autoland": frozenset(universe)},
        durations_ms={job: round(rng.lognormvariate(13.3, spread)) for job in universe},
    )


def make_job_types(count: int) -> list[JobType]:
    return [
        JobType(PLATFORMS[number % 6], BUILD_TYPES[number // 6 % 3],
                f"suite-{number // 18 // 10}", number // 18 % 10 + 1)
        for number in range(count)
    ]


def make_regressions(rng, count, universe, *, at_least) -> tuple[Regression, ...]:
    cumulated = list(accumulate(rng.lognormvariate(0, 1) for _ in universe))
    return tuple(make_regression(rng, number, universe, cumulated, at_least)
                 for number in range(count))


def make_regression(rng, number, universe, cumulated, at_least) -> Regression:
    count = witness_count(rng, at_least, most=min(200, len(universe) // 4))
    witnesses = set()
    while len(witnesses) < count:
        witnesses.update(
            rng.choices(universe, cum_weights=cumulated, k=count - len(witnesses)))
    return Regression(f"{number:012x}", frozenset(witnesses))


def witness_count(rng, at_least: int, *, most: int) -> int:
    if at_least == 1 and rng.random() < ONE_WITNESS:
        return 1
    return min(most, max(2, at_least) - 1 + int(rng.paretovariate(1.1)))
