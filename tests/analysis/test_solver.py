"""Reductions, greedy and the search, each against trying every set of columns."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seta.analysis import decide
from seta.analysis.setcover import Budget, CoverProblem, Row, no_progress, solve
from seta.analysis.setcover.greedy import ascent_bound, greedy
from seta.analysis.setcover.highs import SearchResult
from seta.analysis.setcover.model import objective_of
from seta.analysis.setcover.reductions import components, reduce
from seta.analysis.setcover.solve import best_known, solve_component

pytestmark = pytest.mark.slow

AMPLE = Budget(nodes=10_000, seconds=60)
RING = tuple(Row(1, tuple(sorted((column, (column + 1) % 7)))) for column in range(7))

many = settings(max_examples=120, deadline=None, derandomize=True)


@many
@given(data=st.data())
def test_reductions_lose_no_best_answer(data, make, judge):
    problem = data.draw(make.cover_problems())
    reduced = reduce(problem)
    cost, count = judge.best_of(reduced.rest) if reduced.rest.rows else (0, 0)
    fixed_cost, fixed_count = problem.price(reduced.chosen)
    assert (cost + fixed_cost, count + fixed_count) == judge.best_of(problem)


@many
@given(data=st.data())
def test_greedy_meets_every_row_and_spares_none(data, make, judge):
    problem = data.draw(make.cover_problems())
    chosen = greedy(problem)
    assert judge.meets(problem, chosen)
    assert not any(judge.meets(problem, chosen - {column}) for column in chosen)


@many
@given(data=st.data())
def test_the_search_alone_finds_the_best(data, make, judge):
    """Without reductions, so that it has something to do: cost first, then the number."""
    problem = data.draw(make.cover_problems())
    answer, _ = solve_component(problem, AMPLE, no_progress)
    assert judge.meets(problem, answer.chosen)
    assert problem.price(answer.chosen) == judge.best_of(problem)
    assert answer.is_proved and answer.lower_bound == problem.price(answer.chosen)[0]


@many
@given(data=st.data())
def test_the_bound_without_a_solver_is_below_every_answer(data, make, judge):
    problem = data.draw(make.cover_problems())
    costs = dict(enumerate(problem.costs))
    assert ascent_bound(problem, costs) <= judge.best_of(problem)[0]


@many
@given(data=st.data())
def test_components_share_no_column_and_are_the_whole(data, make):
    problem = data.draw(make.cover_problems())
    found = components(problem)
    columns = [set(each.rows_of()) for each in found]
    assert sum(map(len, columns)) == len(set().union(*columns))
    assert sorted(sum((each.rows for each in found), ()), key=repr) == sorted(
        problem.rows, key=repr)


@pytest.mark.parametrize(
    "costs",
    [
        pytest.param([10**14 + column for column in range(7)], id="too great for one sum"),
        pytest.param([10**17] * 7, id="too great for a solver's coefficients"),
        pytest.param([10**25] * 7, id="infinite to a solver"),
        pytest.param([0] * 7, id="nothing costs anything"),
        pytest.param([1] * 7, id="all alike"),
    ],
)
def test_costs_of_any_size_are_answered_with_the_truth(judge, costs):
    """A ring cannot be reduced; where doubles cannot hold the costs nothing false is proved."""
    problem = CoverProblem(costs, RING)
    answer = solve(problem, AMPLE)
    assert judge.meets(problem, answer.chosen)
    best_cost, best_count = judge.best_of(problem)
    cost, count = problem.price(answer.chosen)
    assert answer.lower_bound <= best_cost <= cost <= problem.price(greedy(problem))[0]
    assert not answer.is_proved or (cost, count) == (best_cost, best_count)


def test_a_small_difference_beside_great_costs_is_seen(judge):
    """HiGHS 1.16, given the greedy answer to start from, took it for cheaper than it is here."""
    problem = CoverProblem(
        [2097152, 2097152, 1048576, 1048576, 1048576, 1048577, 1048577, 2097152],
        tuple(Row(1, columns) for columns in (
            (2, 4, 7), (3, 7), (2, 7), (0, 4), (5, 7), (1, 2, 4), (3, 7), (0, 1, 6))))
    answer, _ = solve_component(problem, AMPLE, no_progress)
    assert problem.price(answer.chosen) == judge.best_of(problem) == (4194305, 3)
    assert answer.is_proved


@pytest.mark.parametrize(
    "costs, columns, bound, believed",
    [
        pytest.param([1] * 7, {0, 2, 4, 6}, 9, 3, id="bound too high"),
        pytest.param([1] * 7, (), 0, 3, id="nothing found"),
        pytest.param([1] * 7, {0}, 4, 4, id="columns that miss rows"),
        pytest.param([2**50 + column for column in range(7)], (), 7 * 2**52, None,
                     id="an objective that no double holds"),
    ],
)
def test_a_solver_is_believed_no_more_than_whole_numbers_allow(
    judge, costs, columns, bound, believed
):
    problem = CoverProblem(costs, RING)
    objective = objective_of(problem)
    result = SearchResult(frozenset(columns), bound, AMPLE)
    best, proved = best_known(problem, objective, greedy(problem), result)
    assert judge.meets(problem, best)
    assert not any(judge.meets(problem, best - {column}) for column in best)
    if believed is None:
        believed = ascent_bound(problem, objective.coefficients)
    assert proved == believed <= objective.value(best)


def test_the_bounds_of_components_add_up():
    """Two rings, which must be searched, and a column that is fixed: 4 + 4 + 1."""
    second = tuple(Row(1, tuple(column + 7 for column in row.columns)) for row in RING)
    answer = solve(CoverProblem([5] * 15, (*RING, *second, Row(1, (14,)))), AMPLE)
    assert (len(answer.chosen), answer.lower_bound, answer.is_proved) == (9, 45, True)


@pytest.fixture(scope="module")
def unlimited(make):
    """A problem that takes a search, and its decision without a limit."""
    problem = make.hard(140)
    return problem, decide(problem)


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param({"work_limit": 0}, id="no nodes"),
        pytest.param({"time_limit": 0.0}, id="no time"),
    ],
)
def test_a_limit_gives_the_best_set_so_far_with_its_bound_and_gap(unlimited, judge, limits):
    problem, best = unlimited
    decision = decide(problem, **limits)

    assert best.status == "optimal"
    assert decision.status == "limit"
    assert judge.hits_all(problem, judge.kept(decision))
    assert decision.lower_bound <= best.objective <= decision.objective
    assert decision.objective <= decision.comparison["greedy"]["cost"]
    assert decision.gap == pytest.approx(1 - decision.lower_bound / decision.objective)
    assert decision.gap > 0


@pytest.mark.parametrize("columns, rows", [(12, 20), (20, 10), (30, 40)])
def test_no_limit_makes_the_answer_dearer_than_greedy_on_the_whole(make, judge, columns, rows):
    """Greedy on each component, after reductions, can be worse than greedy on everything."""
    for seed in range(100):
        problem = make.sparse(columns, rows, seed=seed)
        answer = solve(problem, Budget(nodes=0, seconds=0.0))
        assert judge.meets(problem, answer.chosen)
        assert problem.price(answer.chosen) <= problem.price(greedy(problem))


def test_the_work_limit_ends_at_the_same_set_every_time(make):
    problem = make.hard(140)
    assert decide(problem, work_limit=1) == decide(problem, work_limit=1)


def test_progress_that_raises_ends_the_search(make):
    """A worker that is told to stop does not wait for a proof."""
    class Stopped(Exception):
        pass

    texts = []

    def progress(text):
        texts.append(text)
        if "nodes" in text or "relaxation" in text:
            raise Stopped

    with pytest.raises(Stopped):
        decide(make.hard(1_000), progress=progress)
    assert "columns are fixed" in texts[0]


def test_the_solver_writes_nothing_to_standard_output():
    """Its constructor would write a banner into what `--json` prints."""
    run = subprocess.run(
        [sys.executable, "-c",
         "from seta.analysis.setcover.highs import configured, Budget\n"
         "highs = configured(Budget(1, 1.0)); highs.addBinary(1.0); highs.run()"],
        capture_output=True, check=True, text=True)
    assert (run.stdout, run.stderr) == ("", "")


@pytest.mark.parametrize("need", [0, 3])
def test_a_row_that_cannot_be_met_cannot_be_made(need):
    with pytest.raises(ValueError, match=f"cannot need {need}"):
        Row(need, (1, 2))
