"""The problem in numbers: rows that need a number of their columns, and what is minimized."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Sums of whole numbers below this are exact in a double, with bits to spare for the solver: it
# takes seventeen thousand columns in one component, each costing an hour in milliseconds.
EXACT = 2 ** 50


@dataclass(frozen=True, slots=True)
class CoverProblem:
    """Choose columns of the least total cost that meet every row; of such sets, the smallest.

    This is the set multicover problem; with every need 1 it is minimum-cost hitting set.
    """

    costs: Sequence[int]    # by column; not negative
    rows: tuple["Row", ...]

    def price(self, chosen: Iterable[int]) -> tuple[int, int]:
        """Return what is minimized: the cost, then the number of columns."""
        columns = list(chosen)
        return sum(self.costs[column] for column in columns), len(columns)

    def rows_of(self) -> dict[int, list[int]]:
        """Return, for every column that is in a row, the indexes of its rows, ascending."""
        rows_of = defaultdict(list)
        for index, row in enumerate(self.rows):
            for column in row.columns:
                rows_of[column].append(index)
        return dict(rows_of)


@dataclass(frozen=True, slots=True)
class Row:
    """At least ``need`` of these columns must be chosen."""

    need: int
    columns: tuple[int, ...]  # ascending

    def __post_init__(self) -> None:
        if not 1 <= self.need <= len(self.columns):
            raise ValueError(f"a row of {len(self.columns)} columns cannot need {self.need}")


@dataclass(frozen=True)
class Objective:
    """Cost and number of columns in one number: the sum of the chosen columns' coefficients.

    A column's coefficient is (its cost times ``scale`` plus one) / ``unit``. The scale exceeds
    the number of columns of any answer without redundant ones, so the least value has the least
    cost, and of the answers with that cost the fewest columns.
    """

    coefficients: Mapping[int, int]    # by column
    unit: int                          # the greatest number that divides them all
    scale: int

    @property
    def is_exact(self) -> bool:
        """Return whether doubles can hold every value."""
        return sum(self.coefficients.values()) < EXACT

    def value(self, columns: Iterable[int]) -> int:
        return sum(self.coefficients[column] for column in columns)

    def least_cost(self, value: int) -> int:
        """Return the least cost of an answer that has at least this value."""
        return value * self.unit // self.scale


def objective_of(problem: CoverProblem) -> Objective:
    columns = sorted(problem.rows_of())
    scale = min(len(columns), sum(row.need for row in problem.rows)) + 1
    coefficients = {column: problem.costs[column] * scale + 1 for column in columns}
    unit = math.gcd(*coefficients.values())
    return Objective({column: each // unit for column, each in coefficients.items()}, unit, scale)
