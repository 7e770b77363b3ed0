"""The bootstrap by periods and then by regressions."""

import numpy as np
import pytest

from seta.proof.backtest.intervals import Bootstrap


def test_what_is_always_the_same_has_no_width():
    assert Bootstrap([3, 0, 4]).interval([[1, 1, 1], [], [1, 1, 1, 1]]) == (1.0, 1.0)


def test_without_regressions_there_is_no_interval():
    assert Bootstrap([0, 0]).interval([[], []]) is None


def test_regressions_that_come_in_clusters_make_it_wider():
    """Twenty periods that are all good or all bad are twenty facts, not two hundred."""
    clustered = [[float(period % 2)] * 10 for period in range(20)]
    mixed = [[0.0, 1.0] * 5 for _ in range(20)]
    bootstrap = Bootstrap([10] * 20)
    (low, high), (less, more) = bootstrap.interval(clustered), bootstrap.interval(mixed)
    assert high - low > 2 * (more - less)
    assert low < 0.5 < high and less < 0.5 < more


def test_differences_are_paired():
    """One policy is better by one in ten on every period, whatever the period is like."""
    rng = np.random.default_rng(3)
    plain = [rng.integers(0, 2, 10).astype(float).tolist() for _ in range(20)]
    better = [[each + 0.1 for each in period] for period in plain]
    bootstrap = Bootstrap([10] * 20)
    differences = [[one - other for one, other in zip(*both)] for both in zip(better, plain)]
    assert bootstrap.interval(differences) == pytest.approx((0.1, 0.1))
    assert np.diff(bootstrap.interval(plain))[0] > 0.05


def test_it_holds_the_truth_about_as_often_as_it_says():
    """Each period has a rate of its own around 0.6: 95 % intervals, of which 0.92 must hold it."""
    rng = np.random.default_rng(11)
    held = 0
    for seed in range(200):
        rates = rng.beta(6, 4, 25)
        values = [(rng.random(8) < rate).astype(float).tolist() for rate in rates]
        low, high = Bootstrap([8] * 25, draws=400, seed=seed).interval(values)
        held += low <= 0.6 <= high
    assert held / 200 >= 0.92
