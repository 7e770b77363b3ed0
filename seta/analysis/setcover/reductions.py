"""Shrink a problem without losing its best answer, and split what is left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .model import CoverProblem, Row


@dataclass(frozen=True)
class Reduced:
    """Columns that are in some best answer, and what is left to decide."""

    chosen: frozenset[int]
    rest: CoverProblem


def reduce(problem: CoverProblem) -> Reduced:
    """Apply the reductions until none helps any more.

    A best answer of the rest, together with ``chosen``, is a best answer of the problem.
    """
    working = _Working(problem)
    while working.changed_rows or working.changed_columns:
        for row in _drain(working.changed_rows):
            working.take_essential(row)
            working.drop_rows_dominated_by(row)
        # Backwards, so that the first of identical columns stays.
        for column in reversed(_drain(working.changed_columns)):
            working.drop_column_if_dominated(column)
    return Reduced(frozenset(working.chosen), CoverProblem(problem.costs, working.rest()))


def _drain(changed: set[int]) -> list[int]:
    drained = sorted(changed)
    changed.clear()
    return drained


class _Working:
    """A problem that is being cut down: the dicts hold the rows and columns that are left."""

    def __init__(self, problem: CoverProblem):
        self.costs = problem.costs
        self.columns = {index: set(row.columns) for index, row in enumerate(problem.rows)}
        self.need = {index: row.need for index, row in enumerate(problem.rows)}
        self.rows = {column: set(rows) for column, rows in problem.rows_of().items()}
        self.chosen: set[int] = set()
        self.changed_rows = set(self.columns)
        self.changed_columns = set(self.rows)

    def rest(self) -> tuple[Row, ...]:
        return tuple(Row(self.need[row], tuple(sorted(columns)))
                     for row, columns in self.columns.items())

    def take_essential(self, row: int) -> None:
        """A row that needs all it has left leaves no choice."""
        if row in self.columns and len(self.columns[row]) == self.need[row]:
            for column in sorted(self.columns[row]):
                self._take(column)

    def drop_rows_dominated_by(self, row: int) -> None:
        """Whatever meets a row meets every row that has all its columns and needs no more."""
        if row not in self.columns:
            return
        for other in sorted(_common(self.rows[column] for column in self.columns[row])):
            if other != row and self.need[other] <= self.need[row]:
                self._drop_row(other)

    def drop_column_if_dominated(self, column: int) -> None:
        """Drop a column when enough others, none more expensive, are in all its rows.

        A best answer that has it either lacks one of those, which can then take its place, or
        has them all: if they are as many as any of its rows needs, it is redundant.
        """
        if column not in self.rows:
            return
        enough = max(self.need[row] for row in self.rows[column])
        others = _common(self.columns[row] for row in self.rows[column])
        cost = self.costs[column]
        if enough <= sum(self.costs[other] <= cost for other in others) - 1:  # less itself
            self._drop_column(column)

    def _take(self, column: int) -> None:
        self.chosen.add(column)
        for row in sorted(self.rows.pop(column)):
            self.columns[row].remove(column)
            self.need[row] -= 1
            if self.need[row]:
                self.changed_rows.add(row)
            else:
                self._drop_row(row)

    def _drop_row(self, row: int) -> None:
        del self.need[row]
        for column in self.columns.pop(row):
            rows = self.rows[column]
            rows.remove(row)
            if rows:
                self.changed_columns.add(column)
            else:
                del self.rows[column]

    def _drop_column(self, column: int) -> None:
        for row in self.rows.pop(column):
            self.columns[row].remove(column)
            self.changed_rows.add(row)


def _common(sets: Iterable[set[int]]) -> set[int]:
    """Return what is in all of one or more sets; starts with the smallest to be quick."""
    smallest, *others = sorted(sets, key=len)
    common = set(smallest)
    for other in others:
        if len(common) == 1:
            break
        common &= other
    return common


def components(problem: CoverProblem) -> list[CoverProblem]:
    """Return problems that share no column, small ones first; together they are the problem."""
    rows_of = problem.rows_of()
    seen: set[int] = set()
    found = [_connected(problem, rows_of, row, seen) for row in range(len(problem.rows))
             if row not in seen]
    found.sort(key=len)
    return [CoverProblem(problem.costs, tuple(problem.rows[row] for row in sorted(rows)))
            for rows in found]


def _connected(
    problem: CoverProblem, rows_of: Mapping[int, list[int]], start: int, seen: set[int]
) -> list[int]:
    """Return the rows that share columns with one, directly or not, and add them to `seen`."""
    reached, waiting = [], [start]
    seen.add(start)
    visited: set[int] = set()
    while waiting:
        row = waiting.pop()
        reached.append(row)
        for column in problem.rows[row].columns:
            if column not in visited:
                visited.add(column)
                new = [other for other in rows_of[column] if other not in seen]
                seen.update(new)
                waiting.extend(new)
    return reached
