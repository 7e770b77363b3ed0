"""The alarm on drift in small loops: it comes where low value never runs, and nowhere else."""

from seta.proof.loop import POLICIES, loop_days, start
from seta.proof.loop.drifting import drifting
from seta.proof.simulation import Shape

SHAPE = Shape(pushes_per_day=6, job_types=50, regressions_per_day=4, components=12)
DAYS, WARM_UP = 31, 25


def test_a_client_that_never_runs_low_value_is_noticed_within_thirty_days():
    world = start(SHAPE, 1, days=DAYS, warm_up=WARM_UP)

    def alarming(policy):
        return {number: found for number, found in drifting(
            loop_days(world, POLICIES[policy], warm_up=WARM_UP)) if found}

    assert alarming("cover") == {}
    found = alarming("cover, low value never runs")
    first = min(found)
    assert first <= 30 and "job types that ran within two weeks" in found[first][0]
