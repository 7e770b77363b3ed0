"""Fast answers and bounds without a solver."""

import heapq
from collections.abc import Iterable, Iterator, Mapping

from .model import CoverProblem


def greedy(problem: CoverProblem, start: Iterable[int] = ()) -> frozenset[int]:
    """Return columns that meet every row, none of them redundant; those of `start` come first.

    Takes the column with the least cost for each row that still needs it, again and again
    (V. Chvatal, "A greedy heuristic for the set-covering problem", Mathematics of Operations
    Research 4, 1979; for needs above one G. Dobson, ibid. 7, 1982), then drops what later
    columns made redundant.
    """
    rows_of = problem.rows_of()
    needs = [row.need for row in problem.rows]    # what each row still needs
    chosen: set[int] = set()

    def take(column: int) -> None:
        chosen.add(column)
        for row in rows_of.get(column, ()):
            needs[row] -= 1

    for column in sorted(start):
        take(column)
    for column in _by_cost_per_row(problem, rows_of, needs, chosen):
        take(column)
    return without_spare(problem, chosen)


def _by_cost_per_row(
    problem: CoverProblem, rows_of: Mapping[int, list[int]], needs: list[int], chosen: set[int]
) -> Iterator[int]:
    """Yield the column that costs least for each row it helps, until none helps any more.

    A column only ever helps fewer rows, so its cost per row only rises: a column is looked at
    again only when it reaches the top of the queue. The caller lowers `needs` between two of
    them.
    """
    # One is added to every cost, so that columns that cost nothing are compared by their rows.
    costs = {column: problem.costs[column] + 1 for column in rows_of}
    queue = [(costs[column] / len(rows), column) for column, rows in rows_of.items()
             if column not in chosen]
    heapq.heapify(queue)
    while queue:
        before, column = queue[0]
        helps = sum(needs[row] > 0 for row in rows_of[column])
        now = costs[column] / helps if helps else None
        if now is None or now == before:
            heapq.heappop(queue)
        else:
            heapq.heapreplace(queue, (now, column))
        if now == before:
            yield column


def without_spare(problem: CoverProblem, chosen: Iterable[int]) -> frozenset[int]:
    """Drop redundant columns, the most expensive first, ties by their number."""
    kept = set(chosen)
    spare = [sum(column in kept for column in row.columns) - row.need for row in problem.rows]
    rows_of = problem.rows_of()
    for column in sorted(kept, key=lambda column: (-problem.costs[column], column)):
        rows = rows_of.get(column, ())
        if all(spare[row] > 0 for row in rows):
            kept.remove(column)
            for row in rows:
                spare[row] -= 1
    return frozenset(kept)


def ascent_bound(problem: CoverProblem, coefficients: Mapping[int, int]) -> int:
    """Return a lower bound on the sum of coefficients of any answer.

    Dual ascent for set covering (M. L. Fisher and P. Kedia, Management Science 36, 1990): each
    row pays as much as it can for its columns. What rows pay for a column together is at most its
    coefficient, so what they pay for all they need is at most the sum of any answer.
    """
    unpaid = dict(coefficients)
    bound = 0
    for row in sorted(problem.rows, key=lambda row: len(row.columns)):
        pays = min(unpaid[column] for column in row.columns)
        bound += pays * row.need
        for column in row.columns:
            unpaid[column] -= pays
    return bound
