"""The problem in numbers: rows that need so many of their columns, and what columns cost."""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass


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
