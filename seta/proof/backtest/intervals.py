"""How sure a share is: regressions come in clusters, so whole periods are drawn, then regressions.

The two-stage bootstrap (B. Efron and R. J. Tibshirani, *An Introduction to the Bootstrap*, 1993):
the periods are drawn with replacement, and in each drawn period its regressions.

Where only some regressions were observed in full, each by a known chance, the inverse of the chance
is its weight (D. G. Horvitz and D. J. Thompson, *A Generalization of Sampling Without Replacement
From a Finite Universe*, 1952); the weights are divided by their sum, so that a share stays one.
"""

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np
import numpy.typing as npt

DRAWS = 2000
LEVEL = 0.95
NORMAL = 1.959964     # its quantile for LEVEL

Interval = tuple[float, float]
Weights = list[npt.NDArray[np.float64]]
Lists = Sequence[Sequence[float]]     # a list for each period, a value for each regression


class Bootstrap:
    """The same draws for every policy, so that differences are paired."""

    def __init__(self, sizes: Sequence[int], *, draws: int = DRAWS, seed: int = 1):
        """`sizes` are the numbers of regressions of the periods; those without any do not count."""
        rng = np.random.default_rng(seed)
        self._filled = [number for number, size in enumerate(sizes) if size]
        count = len(self._filled)
        # How often each period is drawn; then each of its regressions, over all of those times.
        picks = (rng.multinomial(count, _even(count), draws) if count
                 else np.zeros((draws, 0), dtype=np.int64))
        self._weights: Weights = [
            rng.multinomial(picks[:, place] * sizes[number], _even(sizes[number])).astype(float)
            for place, number in enumerate(self._filled)]
        self._total = sum((each.sum(axis=1) for each in self._weights), np.zeros(draws))

    def interval(self, values: Lists, weights: Lists | None = None) -> Interval | None:
        """Return the interval of the mean of these values, weighted where weights are given."""
        if not self._filled:
            return None
        sums, total = np.zeros(1), np.zeros(1)
        for number, drawn in zip(self._filled, self._weights):
            value = np.asarray(values[number], dtype=float)
            if weights is None:
                sums = sums + drawn @ value
                continue
            weight = np.asarray(weights[number], dtype=float)
            sums, total = sums + drawn @ (weight * value), total + drawn @ weight
        if weights is None:
            total = self._total
        is_known = total > 0
        if not is_known.any():
            return None
        low, high = np.quantile(
            sums[is_known] / total[is_known], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return float(low), float(high)


def weights_of(fixes: Sequence[Sequence[str]], chances: Mapping[str, float]) -> list[list[float]]:
    """Return the inverse of each regression's chance to be observed in full; 0 if it was not.

    Raises ValueError for a chance that is not above 0 and at most 1.
    """
    for fixed_by, chance in chances.items():
        if not 0 < chance <= 1:
            raise ValueError(f"the chance of {fixed_by} is above 0 and at most 1, not {chance}")
    return [[1 / chances[each] if each in chances else 0.0 for each in period] for period in fixes]


def weighted_mean(values: Lists, weights: Lists) -> float | None:
    """Return the mean over all periods; None where nothing has any weight.

    >>> weighted_mean([[1.0, 0.0], [0.0]], [[4.0, 2.0], [2.0]])
    0.5
    """
    pairs = [pair for each in zip(values, weights) for pair in zip(*each, strict=True)]
    total = sum(weight for _, weight in pairs)
    return sum(value * weight for value, weight in pairs) / total if total else None


def wilson(share: float, count: int) -> Interval:
    """Return the interval of a share of so many that do not depend on each other (E. B. Wilson,
    *Probable Inference, the Law of Succession, and Statistical Inference*, 1927).

    >>> [round(end, 3) for end in wilson(0.5, 10)]
    [0.237, 0.763]
    """
    squared = NORMAL ** 2 / count
    middle = share + squared / 2
    reach = NORMAL * sqrt(share * (1 - share) / count + squared / (4 * count))
    return max(0.0, (middle - reach) / (1 + squared)), min(1.0, (middle + reach) / (1 + squared))


def _even(count: int) -> npt.NDArray[np.float64]:
    return np.full(count, 1 / count)
