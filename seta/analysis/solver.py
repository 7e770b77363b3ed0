"""Find the cheapest columns that meet every row, and prove it as far as the limits allow."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from .branch_and_cut import EXACT, Effort, search
from .components import components
from .greedy import greedy, without_spare
from .program import Program
from .reductions import reduce


@dataclass(frozen=True)
class Answer:
    """Columns that meet every row, none to spare, and the cost that none can be below."""

    chosen: frozenset[int]
    lower_bound: int
    is_proved: bool    # least cost, and the fewest columns of those that cost so


def solve(
    program: Program, effort: Effort, progress: Callable[[str], None] = lambda text: None
) -> Answer:
    """Reduce, split, search each part within what is left of the effort."""
    reduced = reduce(program)
    parts = components(reduced.rest)
    progress(f"{len(reduced.chosen)} job types are sure, {len(reduced.rest.rows)} of "
             f"{len(program.rows)} rows in {len(parts)} parts are left")
    chosen = set(reduced.chosen)
    lower_bound, is_proved = program.price(reduced.chosen)[0], True
    for number, part in enumerate(parts, start=1):
        answer, spent = _solve_part(part, effort)
        effort = effort.less(spent)
        chosen |= answer.chosen
        lower_bound += answer.lower_bound
        is_proved &= answer.is_proved
        progress(f"part {number} of {len(parts)}: {len(part.rows)} rows, "
                 f"{'proved' if answer.is_proved else 'not proved'}")
    return Answer(without_spare(program, chosen), lower_bound, is_proved)


def _solve_part(part: Program, effort: Effort) -> tuple[Answer, Effort]:
    start = greedy(part)
    columns = sorted({column for row in part.rows for column in row.columns})
    scale = min(len(columns), sum(row.need for row in part.rows)) + 1
    unit = math.gcd(*(part.costs[column] for column in columns)) or 1
    weights = {column: part.costs[column] // unit * scale + 1 for column in columns}
    found = search(part, weights, start, effort)
    best = start
    if found.columns is not None:
        best = min(start, greedy(part, found.columns), key=part.price)
    weight = sum(weights[column] for column in best)
    is_proved = found.is_proved and weight <= found.bound
    bound = min(found.bound, weight) // scale * unit
    return Answer(best, bound, is_proved), found.spent
