"""Whether more is missed than expected: a cumulative sum over weeks (E. S. Page, 1954).

Each week's misses are compared with the expected rate of the regressions found in it, in standard
deviations of a beta-binomial count, since regressions come in clusters. Half a deviation is taken
off, what is left is added up, never below nothing, and a sum above the threshold is an alarm. The
threshold is found by simulation, so that under the expected rate, as sure as that is, the mean time
from one alarm to the next is EVERY weeks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

EVERY = 65.0                 # weeks between false alarms: a year and some margin
SLACK = 0.5                  # standard deviations
SIMULATED = 200, 520         # paths, and weeks of each
THRESHOLDS = np.arange(1.0, 15.1, 0.25)
MOST_ALIKE = 0.95            # correlation of the regressions of a week

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Week:
    """What was found in a week, and how much of it had been missed: the sum of its chances."""

    begin: date
    found: int
    missed: float


@dataclass(frozen=True, slots=True)
class Expectation:
    """How much is missed where all is as it was.

    `clustering` is the design effect: how many times the variance is that of regressions which
    come one by one. `regressions` are those from which the rate is known.
    """

    rate: float
    regressions: int
    clustering: float

    def __post_init__(self) -> None:
        if not 0 < self.rate < 1 or self.regressions < 1 or self.clustering < 1:
            raise ValueError(f"{self} cannot be expected")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sum at the end, what it may be, and the weeks in which it grew from nothing."""

    total: float
    threshold: float
    weeks: tuple[Week, ...]

    @property
    def is_alarming(self) -> bool:
        return self.total > self.threshold


def judge(
    weeks: Sequence[Week], expected: Expectation, *, limit: float | None = None
) -> Verdict:
    """Return the sum after these weeks, in their order; weeks without a regression do not count.

    `limit` is the threshold, where it is known already.
    """
    weeks = [week for week in weeks if week.found]
    if not weeks:
        return Verdict(0.0, float("inf"), ())
    sizes = tuple(week.found for week in weeks)
    limit = threshold(expected, sizes) if limit is None else limit
    total, grown = 0.0, list[Week]()
    scores = _scores(np.array([week.missed for week in weeks]), np.array(sizes), expected,
                     alike(expected, sizes))
    for week, score in zip(weeks, scores.tolist()):
        # What is far above is cut, so that the alarm ends soon after its cause.
        total = min(max(0.0, total + score), 2 * limit)
        grown = [*grown, week] if total else []
    return Verdict(total, limit, tuple(grown))


@lru_cache(maxsize=64)
def threshold(expected: Expectation, sizes: tuple[int, ...]) -> float:
    """Return the least threshold with EVERY weeks between false alarms, on weeks of these sizes."""
    paths, weeks = SIMULATED
    rng = np.random.default_rng(1)
    weight = expected.regressions / expected.clustering
    rates = rng.beta(weight * expected.rate, weight * (1 - expected.rate), paths)
    found = np.maximum(1, rng.poisson(rng.choice(np.array(sizes), (weeks, paths))))
    misses = draw(rng, found, rates, alike(expected, sizes))
    scores = _scores(misses, found, expected, alike(expected, sizes))
    sums = np.zeros((len(THRESHOLDS), paths))
    alarms = np.zeros(len(THRESHOLDS))
    for week in range(weeks):
        sums = np.maximum(0.0, sums + scores[week])
        over = sums > THRESHOLDS[:, None]
        alarms += over.sum(axis=1)
        sums[over] = 0.0
    rare = alarms * EVERY <= paths * weeks
    return float(THRESHOLDS[rare][0] if rare.any() else THRESHOLDS[-1])


def draw(
    rng: np.random.Generator, found: npt.NDArray[np.int64], rates: Numbers, alikeness: float
) -> Numbers:
    """Return how many of the regressions found in each week are missed: beta-binomial counts."""
    rates = np.clip(np.broadcast_to(rates, found.shape), 1e-9, 1 - 1e-9)
    if alikeness > 0:
        strength = 1 / alikeness - 1
        rates = rng.beta(rates * strength, (1 - rates) * strength)
    return rng.binomial(found, rates).astype(float)


def alike(expected: Expectation, sizes: Sequence[int]) -> float:
    """Return the correlation between regressions of a week that makes the design effect."""
    others = sum(sizes) / len(sizes) - 1
    return min(MOST_ALIKE, (expected.clustering - 1) / others) if others > 0 else 0.0


def _scores(
    missed: Numbers, found: npt.NDArray[np.int64], expected: Expectation, alikeness: float
) -> Numbers:
    p = expected.rate
    deviation = np.sqrt(found * p * (1 - p) * (1 + (found - 1) * alikeness))
    scores: Numbers = (missed - found * p) / deviation - SLACK
    return scores
