"""What did not run cannot be a witness; regressions that were observed in full say what is true."""

import random
from datetime import timedelta

import pytest
from proof_world import BEGIN, job

from seta.analysis.problem import Problem
from seta.analysis.setcover import Budget
from seta.domain import Cadence, Priority
from seta.proof.backtest.history import LaterRegression, Period
from seta.proof.backtest.intervals import Bootstrap, weighted_mean, weights_of
from seta.proof.backtest.policies import PLAIN, Known
from seta.proof.backtest.policy_scores import policy_scores
from seta.proof.backtest.scoring import score
from seta.proof.backtest.timelines import Timeline

JOBS = [job(f"j{number:02}") for number in range(40)]
CHANCE = 0.25
WEEKS, PER_WEEK = 20, 25      # regressions
STEP = 3                      # pushes from one to the next
TIMELINE = Timeline([BEGIN + timedelta(minutes=10 * push)
                     for push in range(STEP * WEEKS * PER_WEEK + 30)], Cadence())


def test_a_regression_counts_for_those_that_were_not_drawn():
    """One in four of a kind and one in two of the other were observed: 4 + 4 and 2 of ten."""
    chances = {"a1": 0.25, "a2": 0.25, "b1": 0.5}
    weights = weights_of([["a1", "a2", "a3"], ["b1", "b2"]], chances)
    assert weights == [[4, 4, 0], [2, 0]]
    assert weighted_mean([[1, 0, 1], [1, 1]], weights) == pytest.approx(0.6)
    low, high = Bootstrap([3, 2]).interval([[1, 0, 1], [1, 1]], weights)
    assert low < 0.6 < high
    assert weighted_mean([[1.0]], [[0.0]]) is None
    assert Bootstrap([1]).interval([[1.0]], [[0.0]]) is None


@pytest.mark.parametrize("chance", [0, -0.5, 1.5])
def test_a_chance_that_cannot_be_is_refused(chance):
    with pytest.raises(ValueError, match="the chance of a1 is above 0 and at most 1"):
        weights_of([["a1"]], {"a1": chance})


def test_weights_that_are_all_alike_change_nothing():
    values = [[1.0, 0.0, 1.0], [0.0, 1.0]]
    bootstrap = Bootstrap([3, 2])
    assert bootstrap.interval(values, [[4.0] * 3, [4.0] * 2]) == pytest.approx(
        bootstrap.interval(values))


def test_a_set_that_was_not_in_force_reads_right_by_audits_only():
    """Of a CI that left jobs out: what was not due, and failed by nobody's knowledge, is missing.

    The set in force is read right either way. The random one reads far too low; weighted by the
    chance of the audits its interval holds the truth.
    """
    rng = random.Random(5)
    in_force, other = rng.sample(JOBS, 12), rng.sample(JOBS, 12)
    true, seen, chances = _simulated(rng, set(in_force))
    of = Known(Problem((), {"trunk": frozenset(JOBS)}), {}, Budget(10, 10))
    scores = []
    for week in range(WEEKS):
        period = Period(BEGIN, BEGIN, tuple(seen[week * PER_WEEK:(week + 1) * PER_WEEK]),
                        {"trunk": TIMELINE})
        scores.append({name: score(of, [frozenset(map(of.board.number_of.__getitem__, chosen))],
                                   period) for name, chosen in ((PLAIN, in_force),
                                                                ("other", other))})
    deployed, random_set = policy_scores(scores, chances=chances)
    truth_deployed, truth_random = (
        sum(bool(set(chosen) & witnesses) for witnesses in true) / len(true)
        for chosen in (in_force, other))
    assert deployed.by_set == pytest.approx(truth_deployed)
    assert random_set.by_set < truth_random - 0.1
    audited = random_set.audited
    assert audited.regressions == len(chances)
    assert audited.interval[0] < truth_random < audited.interval[1]
    assert abs(audited.by_set - truth_random) < 0.05
    low, high = audited.difference_interval
    assert low < truth_random - truth_deployed < high


def _simulated(rng, in_force):
    """Return all witnesses of each regression, what SETA saw of it, and the audits' chances."""
    true, seen, chances = [], [], {}
    for number in range(WEEKS * PER_WEEK):
        landed, fixed_by = STEP * number, f"r{number}"
        witnesses = set(rng.sample(JOBS, rng.randint(1, 6)))
        first_run = {each: TIMELINE.next_run(
            Priority.FIRST if each in in_force else Priority.THIRD, landed) for each in witnesses}
        found = min(run for run in first_run.values() if run is not None)
        shown = {each: TIMELINE.times[run] for each, run in first_run.items()
                 if run is not None and run <= found + 2}     # fixed after that
        if rng.random() < CHANCE:
            chances[fixed_by] = CHANCE
            shown = dict.fromkeys(witnesses, TIMELINE.times[landed])
        true.append(witnesses)
        first_at = min(shown.values())
        seen.append(LaterRegression(fixed_by, "trunk", first_at, first_at, shown))
    return true, seen, chances
