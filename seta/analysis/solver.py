"""Find the cheapest columns that meet every row, and prove it as far as the limits allow."""

from dataclasses import dataclass

from .components import components
from .effort import Effort, Progress, tell_nobody
from .greedy import without_spare
from .parts import solve_part
from .program import Program
from .reductions import reduce


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
