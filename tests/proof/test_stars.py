"""What wrong stars cost, on a simulated CI whose truth is known."""

from dataclasses import replace
from statistics import fmean

import pytest

from seta.analysis import decide
from seta.domain import Priority
from seta.proof.simulation import Shape
from seta.proof.simulation.starred import StarredCI

SHAPE = Shape(days=60, pushes_per_day=30, job_types=120, regressions_per_day=4, components=30,
              flakes=0.04)
CUT_OFF, END = 40.0, 60.0


def caught_by(ci, problem):
    decision = decide(problem)
    chosen = frozenset(each.job_type for each in decision.verdicts
                       if each.priority is Priority.FIRST)
    return fmean(ci.caught(chosen, CUT_OFF, END)), decision


@pytest.fixture(scope="module")
def right():
    return StarredCI(SHAPE, seed=3)


@pytest.fixture(scope="module")
def wrong():
    return StarredCI(replace(SHAPE, mis_starred=0.05), seed=3)


def test_wrong_stars_cost_little_where_witnesses_are_weighed(right, wrong):
    """The set that believes every star looks cheap, and is blind."""
    usual, _ = caught_by(right, replace(right.problem_at(CUT_OFF), shown={}))
    problem = wrong.problem_at(CUT_OFF)
    fooled, plain = caught_by(wrong, replace(problem, shown={}))
    weighed, decision = caught_by(wrong, problem)
    assert fooled < usual - 0.1
    assert weighed > usual - 0.02
    assert decision.comparison["plain"]["cost"] == plain.objective < decision.objective


def test_without_wrong_stars_weighing_changes_little(right):
    problem = right.problem_at(CUT_OFF)
    usual, plain = caught_by(right, replace(problem, shown={}))
    weighed, decision = caught_by(right, problem)
    assert weighed > usual - 0.02
    assert decision.objective < plain.objective * 1.1
