"""Which witnesses are believed, and what the set keeps where some are not."""

import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from seta.analysis import decide
from seta.analysis.credibility import CREDIBLE, evidence, showings_of
from seta.domain import RunCount

SOLID, FLAKY = RunCount(1000, 0), RunCount(1000, 100)


def believed(problem):
    return {(fixed_by, str(job_type).rsplit("-", 1)[-1]): showing.is_credible
            for fixed_by, showed in showings_of(problem).items()
            for job_type, showing in showed.items()}


@pytest.fixture
def weighed(make):
    """Make a problem in which ``{"r1": {"a": (5, 1)}}``: a ran 5 times and failed once."""
    def weigh(shown, totals, **more):
        problem = make.problem({fixed_by: "".join(showed) for fixed_by, showed in shown.items()},
                               **more)
        return replace(
            problem,
            shown={fixed_by: {make.job(name): RunCount(*runs) for name, runs in showed.items()
                              if runs}
                   for fixed_by, showed in shown.items()},
            totals={make.job(name): count for name, count in totals.items()})
    return weigh


@pytest.mark.parametrize("runs, failures, usual, credible", [
    pytest.param(5, 5, 0.3, True, id="failed until the fix"),
    pytest.param(5, 1, 0.02, False, id="passed again"),
    pytest.param(5, 3, 0.02, True, id="passed now and then"),
    pytest.param(1, 1, 0.01, True, id="a single failure of a solid job"),
    pytest.param(1, 1, 0.05, False, id="a single failure of a flaky job"),
    pytest.param(2, 2, 0.05, True, id="a second failure confirms it"),
    pytest.param(30, 1, 0.0005, False, id="passed ever after"),
    pytest.param(1, 1, 0.0, True, id="never fails by chance"),
    pytest.param(1, 1, 1.0, False, id="always fails"),
])
def test_a_witness_is_believed_by_what_it_showed(runs, failures, usual, credible):
    assert (evidence(RunCount(runs, failures), usual) >= math.log(CREDIBLE)) == credible


@given(runs=st.integers(1, 30), usual=st.floats(0.001, 0.9))
def test_the_two_explanations_are_probabilities(runs, usual):
    """Over all numbers of failures either sums to one, so neither is favored beforehand."""
    chance = {failures: math.comb(runs, failures) * usual ** failures
              * (1 - usual) ** (runs - failures) for failures in range(runs + 1)}
    broken = sum(math.exp(evidence(RunCount(runs, failures), usual)) * each
                 for failures, each in chance.items())
    assert broken == pytest.approx(1)


def test_a_job_is_compared_with_how_it_fails_otherwise(weighed):
    problem = weighed({"r1": {"a": (1, 1), "b": (1, 1)}}, {"a": SOLID, "b": FLAKY})
    assert believed(problem) == {("r1", "a"): True, ("r1", "b"): False}


def test_its_failures_in_other_regressions_do_not_make_it_flaky(weighed):
    shown = {f"r{number}": {"a": (5, 5)} for number in range(20)} | {"s": {"a": (1, 1)}}
    problem = weighed(shown, {"a": RunCount(1000, 101), "c": SOLID})
    assert all(believed(problem).values())


def test_a_job_that_hardly_ran_is_taken_to_be_like_the_others(weighed):
    shown = {"r1": {"a": (1, 1)}}
    assert believed(weighed(shown, {"a": RunCount(2, 1), "b": SOLID}))["r1", "a"]
    assert not believed(weighed(shown, {"a": RunCount(2, 1), "b": FLAKY}))["r1", "a"]


@pytest.mark.parametrize("totals", [
    pytest.param({}, id="nothing known"),
    pytest.param({"a": RunCount(9, 9), "b": RunCount(9, 9)}, id="failures only"),
    pytest.param({"a": RunCount(5, 1), "b": RunCount(9, 9)}, id="all of it in the regression"),
])
def test_without_passes_elsewhere_everybody_is_believed(weighed, totals):
    problem = weighed({"r1": {"a": (5, 1), "b": (9, 9)}}, totals)
    assert believed(problem) == {}
    assert decide(problem) == decide(replace(problem, shown={}, totals={}))


def chosen(decision):
    return {verdict.job_type.test_suite for verdict in decision.verdicts
            if verdict.reason == "chosen"}


def test_a_cheap_flaky_job_that_was_starred_by_mistake_covers_nothing(weighed):
    """The poison: it is cheap, and its stars make it look as if it caught everything."""
    shown = {f"r{number}": {"a": (5, 1), "bcde"[number]: (5, 5)} for number in range(4)}
    problem = weighed(shown, dict.fromkeys("bcde", SOLID) | {"a": RunCount(3000, 140)},
                      costs={"a": 1} | dict.fromkeys("bcde", 100))
    decision = decide(problem)
    assert chosen(decision) == set("bcde")
    assert chosen(decide(replace(problem, shown={}))) == {"a"}
    assert decision.comparison["plain"] == {"job_types": 1, "cost": 1}
    assert (decision.stars.witnesses, decision.stars.doubtful) == (8, 4)


@pytest.mark.parametrize("k, names", [(1, "ab"), (3, "abc")])
def test_where_nobody_is_believed_a_second_witness_confirms(weighed, k, names):
    shown = {"r1": {"a": (5, 1), "b": (5, 1), "c": (5, 1)}}
    problem = weighed(shown, dict.fromkeys("abc", FLAKY), costs={"a": 1, "b": 2, "c": 9}, k=k)
    decision = decide(problem)
    assert chosen(decision) == set(names)
    assert decision.stars.only_doubtful == 1


def test_a_lone_doubtful_witness_is_kept(weighed):
    """It may be right, and nobody else is there to ask."""
    assert chosen(decide(weighed({"r1": {"a": (5, 1)}}, {"a": FLAKY}))) == {"a"}


def test_a_credible_witness_is_wanted_where_it_is_alive(weighed):
    """On the other project nobody is believed, so both of the two that are alive there are kept."""
    shown = {"r1": {"a": (5, 1), "b": (5, 1), "c": (5, 5)}}
    problem = weighed(shown, dict.fromkeys("abc", FLAKY), alive={"one": "abc", "two": "ab"})
    assert chosen(decide(problem)) == {"a", "b", "c"}


def test_certificates_show_what_counted(weighed):
    problem = weighed({"r1": {"a": (5, 1), "b": (5, 5)}, "r2": {"b": ()}},
                      {"a": FLAKY, "b": FLAKY})
    certificates = {verdict.job_type.test_suite: verdict.certificate
                    for verdict in decide(problem).verdicts}
    assert certificates["a"]["showed"] == {"r1": {"runs": 5, "failures": 1, "credible": False}}
    assert certificates["b"] == {
        "kind": "chosen", "needed_for": ["r1", "r2"],
        "showed": {"r1": {"runs": 5, "failures": 5, "credible": True}}}


COUNTS = st.sampled_from([RunCount(1, 1), RunCount(5, 1), RunCount(5, 5), RunCount(0, 0)])


@settings(max_examples=100, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_the_old_promise_holds_and_a_believed_witness_comes_on_top(data, make, judge):
    problem = data.draw(make.problems())
    assume(any(regression.caught_by & alive for regression in problem.regressions
               for alive in problem.alive.values()))
    problem = replace(
        problem,
        shown={each.fixed_by: {job_type: data.draw(COUNTS) for job_type in sorted(each.caught_by)}
               for each in problem.regressions},
        totals={job_type: data.draw(st.sampled_from([SOLID, FLAKY, RunCount(9, 9)]))
                for job_type in sorted(judge.universe(problem))})
    decision = decide(problem)
    kept = judge.kept(decision)
    assert judge.hits_all(problem, kept)
    showings = showings_of(problem)
    for regression in problem.regressions:
        doubtful = {job_type for job_type, showing in showings.get(regression.fixed_by, {}).items()
                    if not showing.is_credible}
        for project in problem.alive:
            found = judge.candidates(problem, regression, project)
            believed = found - doubtful
            assert kept & believed or not believed and len(kept & found) >= min(2, len(found))
    for verdict in decision.verdicts:
        if verdict.reason == "chosen":
            assert verdict.certificate["needed_for"]
