"""Find the cheapest columns that meet every row, and prove it as far as the limits allow."""

from dataclasses import dataclass

from .budget import Budget, Progress, SearchResult, no_progress
from .greedy import ascent_bound, greedy, without_spare
from .model import Objective, CoverProblem, objective_of
from .reductions import components, reduce


@dataclass(frozen=True)
class Answer:
    """A minimal set of columns that meets every row, and a lower bound on any such set's cost."""

    chosen: frozenset[int]
    lower_bound: int
    is_proved: bool    # no answer costs less, and none that costs the same has fewer columns


def solve(problem: CoverProblem, budget: Budget, progress: Progress = no_progress) -> Answer:
    """Reduce, split into components, and search each within what is left of the budget.

    The answer is never more expensive than greedy's on the whole problem.
    """
    reduced = reduce(problem)
    split = components(reduced.rest)
    progress(f"{len(reduced.chosen)} columns are fixed; {len(reduced.rest.rows)} of "
             f"{len(problem.rows)} rows are left; components: {len(split)}")
    chosen = set(reduced.chosen)
    lower_bound, is_proved = problem.price(reduced.chosen)[0], True
    for component in split:
        answer, spent = solve_component(component, budget, progress)
        budget = budget.less(spent)
        chosen |= answer.chosen
        lower_bound += answer.lower_bound
        is_proved &= answer.is_proved
    best = without_spare(problem, chosen)
    if not is_proved:  # greedy may do worse on the parts than on the whole
        best = min(best, greedy(problem), key=problem.price)
    return Answer(best, lower_bound, is_proved)


def solve_component(
    component: CoverProblem, budget: Budget, progress: Progress
) -> tuple[Answer, Budget]:
    """Return an answer that is never more expensive than greedy's, and what the search spent."""
    from .highs import search  # numpy and HiGHS: most programs never solve anything

    objective = objective_of(component)
    result = search(component, objective.coefficients, budget, progress)
    best, bound = best_known(component, objective, greedy(component), result)
    is_proved = bound == objective.value(best)
    return Answer(best, objective.least_cost(bound), is_proved), result.spent


def best_known(
    problem: CoverProblem, objective: Objective, start: frozenset[int], result: SearchResult
) -> tuple[frozenset[int], int]:
    """Return the best columns known, and a lower bound on the value of any answer.

    The solver computes in doubles, so neither of its results is trusted. Its columns are
    completed where they miss a row. Its bound is ignored where doubles cannot hold the
    objective, or where an answer is known below it; a bound in whole numbers always counts.
    """
    best = min(start, greedy(problem, result.columns), key=problem.price)
    bound = ascent_bound(problem, objective.coefficients)
    if objective.is_exact and result.bound <= objective.value(best):
        bound = max(bound, result.bound)
    return best, bound
