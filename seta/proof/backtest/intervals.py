"""How sure a share is: regressions come in clusters, so whole periods are drawn, then regressions.

The two-stage bootstrap (B. Efron and R. J. Tibshirani, *An Introduction to the Bootstrap*, 1993):
the periods are drawn with replacement, and in each drawn period its regressions.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

DRAWS = 2000
LEVEL = 0.95

Interval = tuple[float, float]
Weights = list[npt.NDArray[np.float64]]


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

    def interval(self, values: Sequence[Sequence[float]]) -> Interval | None:
        """Return the interval of the mean of these values, a list for each period."""
        if not self._filled:
            return None
        sums = sum((weights @ np.asarray(values[number], dtype=float)
                    for number, weights in zip(self._filled, self._weights)), np.zeros(1))
        low, high = np.quantile(sums / self._total, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return float(low), float(high)


def _even(count: int) -> npt.NDArray[np.float64]:
    return np.full(count, 1 / count)
