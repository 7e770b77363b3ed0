"""Solve one part of a program. What the solver says is believed only as far as whole numbers do."""

from dataclasses import dataclass

from .bounds import ascent_bound
from .branch_and_cut import Budget, Found, search
from .effort import Effort, Progress
from .greedy import greedy
from .program import Program
from .weights import Weights, weights_of


@dataclass(frozen=True)
class Solved:
    """Columns that meet every row of a part, none to spare."""

    chosen: frozenset[int]
    lower_bound: int     # on the cost
    is_proved: bool
    spent: Effort


def solve_part(part: Program, effort: Effort, progress: Progress) -> Solved:
    """Start from the greedy answer, search, and keep the better: never dearer than greedy."""
    start = greedy(part)
    weights = weights_of(part)
    if not weights.are_exact:
        return _solve_in_two_steps(part, weights, start, effort, progress)
    found = search(part, weights.of, start, effort, progress)
    best, bound, is_proved = _checked(part, weights.of, start, found)
    return Solved(best, weights.cost(bound), is_proved, found.spent)


def _solve_in_two_steps(part: Program, weights: Weights, start, effort, progress) -> Solved:
    """Costs too great for one sum: the least cost first, then the fewest columns at that cost."""
    costs = {column: part.costs[column] for column in weights.of}
    ones = dict.fromkeys(costs, 1)
    cheap = search(part, costs, start, effort, progress)
    best, bound, is_proved = _checked(part, costs, start, cheap)
    budget = Budget(costs, sum(costs[column] for column in best))
    few = search(part, ones, best, effort.less(cheap.spent), progress, budget)
    chosen = min(best, _repaired(part, few.columns), key=part.price)
    fewest = few.is_proved and len(chosen) == few.bound and budget.is_exact
    return Solved(chosen, bound, is_proved and fewest, cheap.spent.plus(few.spent))


def _checked(part: Program, weights, start, found: Found) -> tuple[frozenset[int], int, bool]:
    """Return the best columns known, a bound that they are not below, and whether they meet it.

    A solver whose bound is above a sum that can be had is wrong, and nothing of it is believed
    but its columns, which are looked at one by one.
    """
    best = min(start, _repaired(part, found.columns), key=part.price)
    weight = sum(weights[column] for column in best)
    surely = ascent_bound(part, weights)
    if found.bound > weight:
        return best, surely, surely == weight
    bound = max(found.bound, surely)
    return best, bound, bound == weight


def _repaired(part: Program, columns: frozenset[int]) -> frozenset[int]:
    """Return columns that meet every row, none to spare, from some that nearly do."""
    return greedy(part, columns)
