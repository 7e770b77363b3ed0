"""Solve one part of a program. What the solver says is believed only as far as whole numbers do."""

from dataclasses import dataclass

from .bounds import ascent_bound
from .branch_and_cut import Found, search
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
    """Choose greedily, search, and keep the better: never dearer than greedy."""
    weights = weights_of(part)
    start = greedy(part)
    found = search(part, weights.of, effort, progress)
    best, bound = checked(part, weights, start, found)
    is_proved = bound == weights.sum(best)
    return Solved(best, weights.cost(bound), is_proved, found.spent)


def checked(
    part: Program, weights: Weights, start: frozenset[int], found: Found
) -> tuple[frozenset[int], int]:
    """Return the best columns known, and a bound that the sum of their weights is not below.

    Where doubles cannot hold the weights, or where a bound is above a sum that can be had, the
    solver's bound is not believed, and one of whole numbers stands in for it. Its columns are
    never believed but looked at.
    """
    best = min(start, _repaired(part, found.columns), key=part.price)
    bound = ascent_bound(part, weights.of)
    if weights.are_exact and found.bound <= weights.sum(best):
        bound = max(bound, found.bound)
    return best, bound


def _repaired(part: Program, columns: frozenset[int]) -> frozenset[int]:
    """Return columns that meet every row, none to spare, from some that nearly do."""
    return greedy(part, columns)
