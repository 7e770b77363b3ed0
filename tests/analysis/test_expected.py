"""What sets are expected to catch, and what a budget is spent on."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seta.analysis import Problem, decide
from seta.analysis.cover import cover_of
from seta.analysis.expected import GRID, Expectation, Parameters, expectation_of, fitted
from seta.analysis.likeness import likenesses_of
from seta.domain import JobType, Priority, Regression, RunCount

LINUX, WINDOWS = "linux64", "windows10-64"
WITNESS = JobType(LINUX, "opt", "s", 1)
RELATED = {
    WITNESS: 0.5,
    JobType(LINUX, "debug", "s", 1): 0.07,      # other build type
    JobType(WINDOWS, "opt", "s", 1): 0.05,      # other platform
    JobType(WINDOWS, "debug", "s", 1): 0.05,
    JobType(LINUX, "opt", "s", 2): 0.035,       # other chunk
    JobType(WINDOWS, "debug", "s", 2): 0.01,    # the rest of the suite
    JobType(LINUX, "opt", "other", 1): 0.0,
}
PLACES = 3    # s-1, s-2, other-1


def expectation(problem, parameters=None, **more) -> Expectation:
    cover = cover_of(problem)
    found = expectation_of(cover, problem.alive, problem.ages, [1] * len(cover.job_types), limit=0)
    if parameters is None:
        return found
    ages = np.array([problem.ages.get(fixed_by, 0.0) for fixed_by in cover.fixed_by])
    return Expectation(found.table, found.alive, ages, parameters)


def of_one_regression(**more) -> Problem:
    return Problem((Regression("r", frozenset({WITNESS})),), {"autoland": frozenset(RELATED)},
                   **more)


def numbers(problem, *job_types):
    return [cover_of(problem).job_types.index(each) for each in job_types]


@pytest.mark.parametrize("job_type, chance", RELATED.items(), ids=map(str, RELATED))
def test_a_job_type_catches_by_how_it_is_related(job_type, chance):
    problem = of_one_regression()
    found = expectation(problem).catches(numbers(problem, job_type))
    assert found == pytest.approx(0.8 * chance + 0.2 / PLACES * 0.3)


def test_a_second_job_type_adds_less():
    problem = of_one_regression()
    both = numbers(problem, WITNESS, JobType(LINUX, "debug", "s", 1))
    assert expectation(problem).catches(both) == pytest.approx(
        0.8 * (1 - 0.5 * 0.93) + 0.2 / PLACES * (1 - 0.7 ** 2))


@pytest.mark.parametrize("parameters, expected", [
    pytest.param(Parameters(30, 0.0, 1.0), 2 / 3 * 0.5, id="an old one weighs half"),
    pytest.param(Parameters(60, 0.0, 1.0), 1 / (1 + 0.5 ** 0.5) * 0.5, id="slower"),
    pytest.param(Parameters(30, 1.0, 1.0), 0.3 / 2, id="only what is like nothing"),
])
def test_a_regression_weighs_by_its_age(make, parameters, expected):
    problem = replace(make.problem({"new": "a", "old": "b"}), ages={"new": 0.0, "old": 30.0})
    found = expectation(problem, parameters).catches(numbers(problem, make.job("a")))
    assert found == pytest.approx(expected)


def test_a_scale_is_for_what_is_near_a_witness():
    problem = of_one_regression()
    near = JobType(LINUX, "debug", "s", 1)
    found = [expectation(problem, Parameters(30, 0.0, 2.0)).catches(numbers(problem, each))
             for each in (WITNESS, near)]
    assert found == pytest.approx([0.5, 0.14])


def test_a_job_type_catches_only_where_it_is_alive(make):
    problem = make.problem({"r": "ab"}, alive={"autoland": "ab", "central": "b", "empty": ""})
    expected = expectation(problem, Parameters(30, 0.0, 1.0))
    found = [expected.catches(numbers(problem, make.job(each))) for each in "ab"]
    assert found == pytest.approx([0.25, 0.5])


def test_a_budget_is_spent_on_what_is_expected_and_says_for_what(make):
    """The cover is a. What is left pays for b, which sees half of what a misses of r2."""
    problem = replace(make.problem({"r1": "a", "r2": "ab", "r3": "a"}, costs={"a": 10, "b": 4}),
                      budget=1.4)
    decision = decide(problem)
    a, b = decision.verdicts
    assert (a.reason, b.reason, b.priority) == ("chosen", "expected", Priority.FIRST)
    assert a.certificate == {"kind": "chosen", "needed_for": ["r1", "r2", "r3"]}
    lost, of_its_place = 0.8 / 3 * 0.5 * 0.5, 0.1 * 0.3
    assert b.certificate == {
        "kind": "expected", "expected_catches": pytest.approx(lost + of_its_place), "cost": 4,
        "like": {"r2": {"how": "caught it", "expected_catches": pytest.approx(lost)}},
        "like_others": 0, "like_none": pytest.approx(of_its_place)}
    choice = decision.choice
    assert (choice.cover_cost, choice.cost, choice.budget) == (10, 14, 1.4)
    assert (decision.objective, decision.lower_bound, decision.status) == (10, 10, "optimal")
    assert choice.cover_catches == pytest.approx(0.8 * 0.5 + 0.1 * 0.3)
    assert choice.expected_catches == pytest.approx(
        choice.cover_catches + b.certificate["expected_catches"])


def test_what_costs_more_than_is_left_is_passed_over(make):
    problem = make.problem({"r1": "a", "r2": "ab", "r3": "abc"}, costs={"a": 10, "b": 9, "c": 4})
    reasons = [each.reason for each in decide(replace(problem, budget=1.5)).verdicts]
    assert reasons == ["chosen", "covered", "expected"]


def test_lowered_job_types_are_never_paid_for_and_forced_ones_cost_nothing(make):
    problem = make.problem({"r1": "a", "r2": "abc"}, costs=dict.fromkeys("abc", 5), forced="b",
                           lowered="c")
    decision = decide(replace(problem, budget=10))
    assert [each.reason for each in decision.verdicts] == [
        "chosen", "forced: pinned", "overridden: priority 2"]
    assert decision.choice.cost == 5


@st.composite
def with_budgets(draw, problems):
    """A problem with a budget and a higher one."""
    problem = draw(problems)
    ages = {each.fixed_by: draw(st.floats(0, 90)) for each in problem.regressions}
    budgets = sorted(draw(st.tuples(st.floats(1, 10), st.floats(1, 10))))
    return [replace(problem, ages=ages, budget=each) for each in budgets]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.data())
def test_at_any_budget_the_cover_keeps_its_promise_and_no_more_is_spent(make, judge, data):
    low, high = data.draw(with_budgets(make.problems()))
    if not any(each.caught_by & judge.universe(low) for each in low.regressions):
        return  # nothing to analyze
    plain = decide(replace(low, budget=1.0, ages={}))
    assert all(each.reason != "expected" for each in plain.verdicts)
    found = [decide(each) for each in (low, high)]
    for problem, decision in zip((low, high), found):
        assert judge.hits_all(problem, judge.kept(decision))
        assert judge.kept(plain) <= judge.kept(decision)
        assert (decision.objective, decision.lower_bound, decision.status, decision.gap) == (
            plain.objective, plain.lower_bound, plain.status, plain.gap)
        spent = sum(each.cost for each in decision.verdicts
                    if each.reason in ("chosen", "expected"))
        assert decision.choice.cost == spent <= problem.budget * plain.objective
    if low.budget > 1:
        lower, higher = (decision.choice.expected_catches for decision in found)
        assert lower <= higher + 1e-12


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.data())
def test_the_order_of_the_input_does_not_matter(make, judge, data):
    problem = data.draw(with_budgets(make.problems()))[1]
    if not any(each.caught_by & judge.universe(problem) for each in problem.regressions):
        return
    mixed = replace(
        problem, regressions=tuple(reversed(problem.regressions)),
        alive=dict(reversed(problem.alive.items())), ages=dict(reversed(problem.ages.items())))
    assert decide(mixed) == decide(problem)


def many(seed: int, count: int = 90, **more) -> Problem:
    """Random regressions, each caught by one job type to four; a few job types catch most."""
    rng = random.Random(seed)
    names = [JobType(platform, "opt", suite, chunk) for platform in (LINUX, WINDOWS)
             for suite in "pqr" for chunk in range(1, 7)]
    weights = [2.0 ** -rng.randrange(6) for _ in names]
    return Problem(
        tuple(Regression(f"r{number:02}", frozenset(
            rng.choices(names, weights, k=rng.choice((1, 1, 2, 4))))) for number in range(count)),
        {"autoland": frozenset(names[1:]), "central": frozenset(names[:-1])},
        {each: rng.randint(1, 60) * 1000 for each in names},
        ages={f"r{number:02}": rng.uniform(0, 90) for number in range(count)}, **more)


@pytest.mark.parametrize("seed", range(4))
def test_every_certificate_says_what_would_be_lost_without_its_job_type(judge, seed):
    problem = many(seed, count=25, budget=1.6)
    decision, cover = decide(problem), cover_of(problem)
    expected = expectation(problem)
    kept = set(numbers(problem, *judge.kept(decision)))
    on_top = [each for each in decision.verdicts if each.reason == "expected"]
    assert on_top
    for each in on_top:
        certificate = each.certificate
        lost = expected.catches(kept) - expected.catches(
            kept - {cover.job_types.index(each.job_type)})
        assert certificate["expected_catches"] == pytest.approx(lost)
        parts = [part["expected_catches"] for part in certificate["like"].values()]
        assert sum(parts) + certificate["like_others"] + certificate["like_none"] == pytest.approx(
            lost)
        assert parts == sorted(parts, reverse=True)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("budget", [1.0, 1.4])
def test_the_expected_choice_costs_no_more_and_names_what_it_leaves_uncovered(judge, seed, budget):
    problem = many(seed, objective="expected", budget=budget)
    decision, plain = decide(problem), decide(replace(problem, objective="cover", budget=1.0))
    choice = decision.choice
    assert (choice.objective, choice.why_cover) == ("expected", "")
    assert choice.cover_cost == plain.objective == decision.objective
    assert choice.cost <= budget * plain.objective
    assert choice.expected_catches >= expectation(problem).catches([])
    kept = judge.kept(decision)
    missed = tuple(
        each.fixed_by for each in problem.regressions
        if any(found and not found & kept for project in problem.alive
               for found in [judge.candidates(problem, each, project)]))
    assert choice.uncovered == missed
    for each in decision.verdicts:
        if each.reason == "uncovered":
            assert [] in each.certificate["by"].values() and each.priority is Priority.SECOND


def test_the_expected_choice_catches_more_of_what_it_expects(judge):
    """At seeds where the cheapest cover pays much for single witnesses."""
    for seed in range(3):
        choice = decide(many(seed, objective="expected")).choice
        assert choice.expected_catches > choice.cover_catches


@pytest.mark.parametrize("seed", range(3))
def test_what_adds_most_for_its_cost_comes_next(seed):
    """As if every job type were looked at again each time, by sets and not by what is left."""
    problem = many(seed, count=30)
    cover, expected, left = cover_of(problem), expectation(problem), 300_000
    costs = [problem.durations_ms[each] for each in cover.job_types]
    found = expected.spend(left, costs, candidates=cover.free, start=[])
    assert len(found) > 5
    for place, column in enumerate(found):
        before = expected.catches(found[:place])
        worth = {other: (expected.catches([*found[:place], other]) - before) / costs[other]
                 for other in cover.free if other not in found[:place] and costs[other] <= left}
        assert worth[column] >= max(worth.values()) - 1e-15
        left -= costs[column]
    assert all(costs[other] > left for other in cover.free if other not in found)


@pytest.mark.parametrize("problem, why", [
    pytest.param(many(1, count=59, objective="expected"),
                 "the window has 59 regressions with a living witness, and what is expected needs "
                 "60", id="few"),
    pytest.param(many(1, objective="expected", why_cover="no backtest"), "no backtest",
                 id="not shown"),
])
def test_the_cover_stays_where_there_is_too_little_to_go_by(problem, why):
    decision, plain = decide(problem), decide(replace(problem, objective="cover"))
    assert decision.verdicts == plain.verdicts
    assert (decision.choice.objective, decision.choice.why_cover) == ("cover", why)
    assert plain.choice.why_cover == ""


def fit(problem, limit):
    cover = cover_of(problem)
    where = expectation(problem)
    ages = np.array([problem.ages[fixed_by] for fixed_by in cover.fixed_by])
    return fitted(where.table, where.alive, ages, cover.witnesses, [1] * len(cover.job_types),
                  candidates=cover.free, start=[], limit=limit)


def test_parameters_are_what_would_have_caught_later_ones_early():
    """Long ago all broke in p, then little in p and much in q: the short half-life finds q."""
    p, q = (JobType(LINUX, "opt", suite, 1) for suite in "pq")
    when = [(p, 80.0)] * 40 + [(q, 31.0)] * 20 + [(q, 1.0)] * 30
    problem = Problem(
        tuple(Regression(f"{number:03}", frozenset({each})) for number, (each, _) in
              enumerate(when)), {"autoland": frozenset({p, q})},
        ages={f"{number:03}": age for number, (_, age) in enumerate(when)})
    assert fit(problem, 2).half_life == min(each.half_life for each in GRID)
    other = replace(problem, ages={key: 80.0 if age == 1.0 else 1.0 if age == 80.0 else age
                                   for key, age in problem.ages.items()})
    assert fit(other, 2) == GRID[0]    # nothing tells them apart: the usual ones


def test_few_later_regressions_leave_the_usual_parameters():
    assert fit(many(1, count=59), 5) == Parameters() == GRID[0]


def test_a_witness_that_is_not_believed_is_none_where_another_is(make):
    """a ran five times until the fix, failed once, and fails otherwise too."""
    problem = replace(
        make.problem({"r1": "ab", "r2": "a"}),
        shown={fixed_by: {make.job("a"): RunCount(5, 1)} for fixed_by in ("r1", "r2")},
        totals={make.job("a"): RunCount(1000, 100), make.job("b"): RunCount(1000, 0)})
    found = expectation(problem, Parameters(30, 0.0, 1.0))
    assert [found.catches(numbers(problem, make.job(each))) for each in "ab"] == [0.25, 0.25]
    everybody = expectation(replace(problem, shown={}), Parameters(30, 0.0, 1.0))
    assert everybody.catches(numbers(problem, make.job("a"))) == 0.5


def test_no_regression_has_a_relation_to_another_suite():
    table = likenesses_of([WITNESS, JobType(LINUX, "opt", "t", 1)], [[0], []])
    assert table.rows.tolist() == [0, 2, 3] and table.levels.tolist() == [0, 5, 5]
    assert table.begin.tolist() == [0, 2, 3]
