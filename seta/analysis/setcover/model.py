"""The problem in numbers: rows that need so many of their columns, and what is minimised."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

# Sums of whole numbers below this are exact in a double, with bits to spare for the solver. In
# job types: seventeen thousand of one part, each of an hour.
EXACT = 2 ** 50


@dataclass(frozen=True, slots=True)
class Row:
    """At least ``need`` of these columns are to be chosen."""

    need: int
    columns: tuple[int, ...]  # ascending

    def __post_init__(self):
        if not 1 <= self.need <= len(self.columns):
            raise ValueError(f"{self.need} of {len(self.columns)} columns cannot be chosen")


@dataclass(frozen=True, slots=True)
class Program:
    """Choose columns of the least cost, and of those sets the smallest, that meet every row.

    This is the set multicover problem; with every need 1 it is minimum-cost hitting set.
    """

    costs: Sequence[int]    # by column; not negative
    rows: tuple[Row, ...]

    def price(self, chosen: Iterable[int]) -> tuple[int, int]:
        """Return what is minimised: the cost, then the number of columns."""
        columns = list(chosen)
        return sum(self.costs[column] for column in columns), len(columns)

    def is_met_by(self, chosen: Set[int]) -> bool:
        return all(row.need <= sum(column in chosen for column in row.columns)
                   for row in self.rows)

    def rows_of(self) -> dict[int, list[int]]:
        """Return, for every column that is in a row, the indexes of its rows, ascending."""
        rows_of = defaultdict(list)
        for index, row in enumerate(self.rows):
            for column in row.columns:
                rows_of[column].append(index)
        return dict(rows_of)


@dataclass(frozen=True)
class Objective:
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


def objective_of(program: Program) -> Objective:
    columns = sorted(program.rows_of())
    scale = min(len(columns), sum(row.need for row in program.rows)) + 1
    of = {column: program.costs[column] * scale + 1 for column in columns}
    unit = math.gcd(*of.values())
    return Objective({column: weight // unit for column, weight in of.items()}, unit, scale)
