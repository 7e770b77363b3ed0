"""Cost first, then the number of columns, as one whole number for each column."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .program import Program

# Sums of whole numbers below this are exact in a double, with bits to spare for the solver. In
# job types: seventeen thousand of one part, each of an hour.
EXACT = 2 ** 50


@dataclass(frozen=True)
class Weights:
    """What is minimised: for each column its cost times the scale plus one, over ``unit``.

    The scale is above the number of columns that an answer without spare ones can have, so the
    least sum of weights is the least cost, and of those the fewest columns.
    """

    of: Mapping[int, int]
    unit: int    # the greatest number that divides them all
    scale: int

    @property
    def are_exact(self) -> bool:
        return sum(self.of.values()) < EXACT

    def sum(self, columns: Iterable[int]) -> int:
        return sum(self.of[column] for column in columns)

    def cost(self, weight: int) -> int:
        """Return the least cost of an answer whose weights sum to no less than this."""
        return weight * self.unit // self.scale


def weights_of(program: Program) -> Weights:
    columns = sorted(program.rows_of())
    scale = min(len(columns), sum(row.need for row in program.rows)) + 1
    of = {column: program.costs[column] * scale + 1 for column in columns}
    unit = math.gcd(*of.values())
    return Weights({column: weight // unit for column, weight in of.items()}, unit, scale)
