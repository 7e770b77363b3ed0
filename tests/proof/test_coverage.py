"""A backtest's interval holds the truth; benchmarks/coverage.py counts how often, in many runs."""

import pytest

from seta.proof.coverage import covered
from seta.proof.simulation import Shape

SHAPE = Shape(days=48, pushes_per_day=10, job_types=40, regressions_per_day=3)


@pytest.mark.parametrize("is_closed, seed", [(False, 1), (False, 2), (True, 1), (True, 2)])
def test_the_interval_holds_the_truth(is_closed, seed):
    """Where everything ran, and where SETA's own choice ran."""
    found = covered(SHAPE, seed, warm_up=20, is_closed=is_closed)
    assert found.regressions > 40
    assert found.interval[0] < found.estimate < found.interval[1]
    assert found.holds
    assert found.on_landing < found.truth < 1
