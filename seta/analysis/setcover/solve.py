"""Find the cheapest columns that meet every row, and prove it as far as the limits allow."""

from dataclasses import dataclass

from .greedy import ascent_bound, greedy, without_spare
from .highs import Effort, Found, Progress, search, tell_nobody
from .model import Objective, Program, objective_of
from .reductions import components, reduce


@dataclass(frozen=True)
class Answer:
    """Columns that meet every row, none to spare, and the cost that none can be below."""

    chosen: frozenset[int]
    lower_bound: int
    is_proved: bool    # least cost, and the fewest columns of those that cost so


def solve(program: Program, effort: Effort, progress: Progress = tell_nobody) -> Answer:
    """Reduce, split, and search each part within what is left of the effort."""
    reduced = reduce(program)
    parts = components(reduced.rest)
    progress(f"{len(reduced.chosen)} job types are sure; {len(reduced.rest.rows)} of "
             f"{len(program.rows)} rows are left, in {len(parts)} parts")
    chosen = set(reduced.chosen)
    lower_bound, is_proved = program.price(reduced.chosen)[0], True
    for part in parts:
        solved = solve_part(part, effort, progress)
        effort = effort.less(solved.spent)
        chosen |= solved.chosen
        lower_bound += solved.lower_bound
        is_proved &= solved.is_proved
    return Answer(without_spare(program, chosen), lower_bound, is_proved)


@dataclass(frozen=True)
class Solved:
    """Columns that meet every row of a part, none to spare."""

    chosen: frozenset[int]
    lower_bound: int     # on the cost
    is_proved: bool
    spent: Effort


def solve_part(part: Program, effort: Effort, progress: Progress) -> Solved:
    """Choose greedily, search, and keep the better: never dearer than greedy."""
    weights = objective_of(part)
    start = greedy(part)
    found = search(part, weights.of, effort, progress)
    best, bound = _checked(part, weights, start, found)
    is_proved = bound == weights.sum(best)
    return Solved(best, weights.cost(bound), is_proved, found.spent)


def _checked(
    part: Program, weights: Objective, start: frozenset[int], found: Found
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
