"""What decide() promises, tried on many small problems against a judge that tries everything."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from seta.analysis import decide
from seta.domain import Priority
from seta.errors import NothingToAnalyze

many = settings(max_examples=100, deadline=None, derandomize=True,
                suppress_health_check=[HealthCheck.filter_too_much])


@pytest.fixture(scope="session")
def decided(make):
    """Draw a problem that can be decided, and decide it."""
    def draw(data):
        problem = data.draw(make.problems())
        assume(any(regression.caught_by & alive for regression in problem.regressions
                   for alive in problem.alive.values()))
        return problem, decide(problem)
    return draw


@many
@given(data=st.data())
def test_every_regression_keeps_its_witnesses_on_every_project(data, decided, judge):
    """R40: min(k, candidates alive there) on each project."""
    problem, decision = decided(data)
    assert judge.hits_all(problem, judge.kept(decision))


@many
@given(data=st.data())
def test_no_chosen_job_type_is_to_spare(data, decided, judge):
    problem, decision = decided(data)
    kept = judge.kept(decision)
    assert not any(judge.hits_all(problem, kept - {job_type})
                   for job_type in kept - problem.forced.keys())


@many
@given(data=st.data())
def test_costs_least_and_then_has_the_fewest_job_types(data, decided, judge):
    """R35, R37: equal to the best of all sets, in cost and in number."""
    problem, decision = decided(data)
    costs = {verdict.job_type: verdict.cost for verdict in decision.verdicts}
    chosen = judge.kept(decision) - problem.forced.keys()

    assert (decision.objective, len(chosen)) == judge.best_price(problem, costs.get)
    assert decision.objective == sum(costs[job_type] for job_type in chosen)
    assert (decision.status, decision.gap) == ("optimal", 0.0)
    assert decision.lower_bound == decision.objective


@many
@given(data=st.data())
def test_never_costs_more_than_greedy(data, decided):
    _, decision = decided(data)
    assert decision.comparison["ours"]["cost"] == decision.objective
    assert decision.objective <= decision.comparison["greedy"]["cost"]


@many
@given(data=st.data())
def test_the_order_of_the_input_changes_nothing(data, decided):
    """R35"""
    problem, decision = decided(data)
    shuffled = replace(
        problem,
        regressions=tuple(data.draw(st.permutations(problem.regressions))),
        **{name: dict(data.draw(st.permutations(list(getattr(problem, name).items()))))
           for name in ("alive", "durations_ms", "forced", "lowered")},
    )
    assert decide(shuffled) == decision


def test_the_names_of_regressions_change_no_priority(make, judge):
    """R35: on a problem with many best answers, of which the search takes one."""
    problem = make.hard(60)
    renamed = replace(problem, regressions=tuple(
        replace(regression, fixed_by=f"r{number * 37 % 61:05}")
        for number, regression in enumerate(problem.regressions)))
    assert judge.kept(decide(renamed)) == judge.kept(decide(problem))


@many
@given(data=st.data())
def test_there_is_one_verdict_for_every_job_type_alive(data, decided, judge):
    problem, decision = decided(data)
    assert [verdict.job_type for verdict in decision.verdicts] == sorted(judge.universe(problem))
    for verdict in decision.verdicts:
        assert verdict.caught == sum(
            verdict.job_type in regression.caught_by for regression in problem.regressions)


@many
@given(data=st.data())
def test_a_retired_witness_changes_nothing_but_what_is_uncoverable(data, decided, make):
    """R33: a job type that is alive nowhere is not a witness, whatever it caught."""
    problem, decision = decided(data)
    gone = make.job("retired")
    haunted = replace(problem, regressions=tuple(
        replace(regression, caught_by=regression.caught_by | {gone})
        for regression in problem.regressions))
    assert decide(haunted) == decision


@many
@given(data=st.data())
def test_what_cannot_be_kept_is_reported(data, decided, judge):
    """R43: uncoverable without a living witness; given up where lowering took the last one."""
    problem, decision = decided(data)
    living = {regression.fixed_by: [regression.caught_by & alive
                                    for alive in problem.alive.values()]
              for regression in problem.regressions}
    lost = {regression.fixed_by for regression in problem.regressions for project in problem.alive
            if regression.caught_by & problem.alive[project]
            and not judge.candidates(problem, regression, project)}

    assert decision.regressions == len(problem.regressions)
    assert decision.uncoverable == tuple(
        sorted(fixed_by for fixed_by, there in living.items() if not any(there)))
    assert decision.given_up == tuple(sorted(lost))


@pytest.mark.parametrize(
    "caught, alive, message",
    [
        pytest.param({}, {"autoland": "ab"}, "there are no regressions", id="no regressions"),
        pytest.param({"r1": "a"}, {"autoland": "b"}, "none of 1 reg", id="no living witness"),
        pytest.param({"r1": "a"}, {"autoland": ""}, "none of 1 reg", id="nothing alive"),
    ],
)
def test_nothing_is_decided_on_nothing(make, caught, alive, message):
    """R42: zero failures demote nobody."""
    with pytest.raises(NothingToAnalyze, match=message):
        decide(make.problem(caught, alive=alive))


def test_a_regression_that_is_reported_twice_is_one(make):
    once = make.problem({"r1": "ab", "r2": "b"})
    twice = replace(once, regressions=once.regressions * 2)
    assert decide(twice) == decide(once)


def test_two_regressions_with_one_fix_pool_their_witnesses(make):
    """R47"""
    pooled = make.problem({"r1": "ab", "r2": "ac"})
    parts = [make.problem({"r1": names, "r2": "ac"}, alive={"autoland": "abc"}).regressions
             for names in ("a", "b")]
    assert decide(replace(pooled, regressions=parts[0] + parts[1])) == decide(pooled)


@pytest.mark.parametrize(
    "caught, kept",
    [
        pytest.param({"r1": "a"}, "a", id="one of one"),
        pytest.param({"r1": "a", "r2": "b", "r3": "c"}, "abc", id="all singletons"),
        pytest.param({"r1": "abc"}, "a", id="all alike: the first by name"),
        pytest.param({"r1": "ab", "r2": "cd"}, "ac", id="two ties"),
        pytest.param({"r1": "ab", "r2": "bc", "r3": "ac"}, None, id="a ring of ties"),
    ],
)
def test_singletons_and_ties_have_one_answer(make, judge, caught, kept):
    """R39"""
    answers = {judge.kept(decide(make.problem(caught))) for _ in range(3)}
    assert len(answers) == 1
    if kept is not None:
        assert answers == {frozenset(map(make.job, kept))}


def test_each_project_is_covered_by_what_is_alive_there(make, judge):
    """The cheap witness lives on one project only, so the other one needs its own."""
    problem = make.problem({"r1": "ab"}, alive={"autoland": "ab", "central": "b"},
                           costs={"a": 1, "b": 9})
    assert judge.kept(decide(problem)) == {make.job("b")}


def test_priorities_and_reasons_tell_what_happened(make):
    problem = make.problem({"r1": "ab", "r2": "bcf", "r3": "d"},
                           alive={"autoland": "abcdef"}, forced="f", lowered="d")
    found = {verdict.job_type.test_suite: (verdict.priority, verdict.reason)
             for verdict in decide(problem).verdicts}
    assert found == {
        "a": (Priority.FIRST, "chosen"),
        "b": (Priority.SECOND, "covered"),
        "c": (Priority.SECOND, "covered"),
        "d": (Priority.SECOND, "overridden: priority 2"),
        "e": (Priority.THIRD, "caught nothing"),
        "f": (Priority.FIRST, "forced: pinned"),
    }


def test_what_may_never_be_skipped_is_not_lowered(make, judge):
    problem = make.problem({"r1": "a"}, forced="a", lowered="a")
    decision = decide(problem)
    assert judge.kept(decision) == {make.job("a")}
    assert decision.given_up == ()


@pytest.mark.parametrize(
    "costs, expected, unit",
    [
        pytest.param({}, {"a": 1, "b": 1, "c": 1}, "jobs", id="none known"),
        pytest.param({"a": 7}, {"a": 7, "b": 7, "c": 7}, "ms", id="one known"),
        pytest.param({"a": 2, "b": 9}, {"a": 2, "b": 9, "c": 6}, "ms", id="median of two"),
        pytest.param({"a": 0}, {"a": 0, "b": 0, "c": 0}, "ms", id="nothing costs anything"),
        pytest.param({"z": 5}, {"a": 1, "b": 1, "c": 1}, "jobs", id="only a retired one known"),
    ],
)
def test_a_cost_that_is_not_known_is_the_usual_one(make, costs, expected, unit):
    """R37"""
    decision = decide(make.problem({"r1": "abc"}, costs=costs))
    assert {verdict.job_type.test_suite: verdict.cost
            for verdict in decision.verdicts} == expected
    assert decision.unit == unit


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"redundancy": 0}, id="redundancy"),
        pytest.param({"costs": {"a": -1}}, id="negative duration"),
        pytest.param({"lowered": Priority.FIRST}, id="lowered to high"),
    ],
)
def test_a_problem_that_makes_no_sense_cannot_be_made(make, wrong):
    with pytest.raises(ValueError, match="0|-1|priority 1"):
        problem = make.problem({"r1": "a"}, k=wrong.get("redundancy", 1), costs=wrong.get("costs"))
        replace(problem, lowered={make.job("a"): wrong.get("lowered", Priority.SECOND)})


def test_compared_with_the_drop_one_pass_of_ten_orders(make):
    problem = make.problem({"r1": "abc", "r2": "bd", "r3": "ce"},
                           costs={"a": 1, "b": 2, "c": 3, "d": 4, "e": 5})
    comparison = decide(problem, compare=True).comparison
    assert list(comparison) == ["ours", "greedy", "drop_one_best", "drop_one_worst"]
    assert comparison["ours"]["cost"] <= comparison["drop_one_best"]["cost"]
    assert comparison["drop_one_best"]["cost"] < comparison["drop_one_worst"]["cost"]
