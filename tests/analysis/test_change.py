"""A price for change keeps a chosen job type unless others are that much better."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seta.analysis import Problem, decide
from seta.domain import JobType, Priority, Regression

A, B, C, D = (JobType("linux64", "opt", suite) for suite in "abcd")


def problem_of(regressions, durations, **more):
    return Problem(
        tuple(Regression(f"{number:012x}", frozenset(caught))
              for number, caught in enumerate(regressions)),
        {"autoland": frozenset(durations)}, durations, **more)


def chosen(decision):
    return {each.job_type for each in decision.verdicts if each.priority is Priority.FIRST}


@pytest.mark.parametrize("price, kept, expected", [
    pytest.param(1.3, {A}, {A}, id="kept: the other is 1.2 times better"),
    pytest.param(1.1, {A}, {B}, id="the other is better than the price"),
    pytest.param(1.0, {A}, {B}, id="off"),
    pytest.param(1.3, {B}, {B}, id="the least is chosen already"),
    pytest.param(1.3, set(), {B}, id="the first analysis"),
])
def test_a_chosen_job_type_stays_unless_another_is_so_much_better(price, kept, expected):
    decision = decide(problem_of([{A, B}], {A: 120_000, B: 100_000}, kept=frozenset(kept),
                                 change_price=price))
    assert chosen(decision) == expected and decision.status == "optimal"
    assert decision.objective == (120_000 if expected == {A} else 100_000)
    assert decision.lower_bound == 100_000
    assert decision.gap == pytest.approx(1 - 100_000 / decision.objective)


def test_where_jobs_are_counted_the_price_counts_too():
    """Each costs one job: two kept ones against one that does for both."""
    both = problem_of([{A, C}, {B, C}], {A: 0, B: 0, C: 0}, kept=frozenset({A, B}))
    both = replace(both, durations_ms={})
    assert chosen(decide(replace(both, change_price=1.9))) == {C}
    assert chosen(decide(replace(both, change_price=2.1))) == {A, B}
    compared = decide(replace(both, change_price=2.1)).comparison
    assert (compared["ours"]["cost"], compared["least"]["cost"]) == (2, 1)


@settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.sets(st.sampled_from([A, B, C, D]), min_size=1), min_size=1, max_size=6),
       costs=st.lists(st.integers(1, 500), min_size=4, max_size=4),
       kept=st.frozensets(st.sampled_from([A, B, C, D])), price=st.sampled_from([1.0, 1.3, 3.0]))
def test_what_stability_costs_is_told_and_never_more_than_the_price(rows, costs, kept, price):
    """The set is a cover, none of it to spare; costs are real, and the bound is the least's."""
    problem = problem_of(rows, dict(zip([A, B, C, D], costs)))
    least = decide(problem)
    found = decide(replace(problem, kept=kept, change_price=price))
    ours = chosen(found)
    assert all(ours & row for row in rows)
    assert not any(all(ours - {each} & row for row in rows) for each in ours)
    assert found.objective == sum(problem.durations_ms[each] for each in ours)
    assert found.lower_bound == least.objective and found.status == "optimal"
    assert least.objective <= found.objective <= price * least.objective + 1
    if price == 1.0 or not kept:
        assert found == least
