"""Fast answers and bounds without a solver."""

import heapq
from collections.abc import Iterable, Mapping

from .model import Program


def greedy(program: Program, start: Iterable[int] = ()) -> frozenset[int]:
    """Return columns that meet every row, none of them to spare; `start` is taken beforehand.

    Takes the column with the least cost for each row that still needs it, again and again
    (V. Chvatal, "A greedy heuristic for the set-covering problem", Mathematics of Operations
    Research 4, 1979; for needs above one G. Dobson, ibid. 7, 1982), then drops what later
    columns made superfluous.
    """
    rows_of = program.rows_of()
    left = [row.need for row in program.rows]
    chosen = set()
    for column in sorted(start):
        _take(column, chosen, left, rows_of)
    for column in _by_price(program, rows_of, left, chosen):
        _take(column, chosen, left, rows_of)
    return without_spare(program, chosen)


def without_spare(program: Program, chosen: Iterable[int]) -> frozenset[int]:
    """Drop columns that the rows can do without, the dearest first, ties by their number."""
    kept = set(chosen)
    spare = [sum(column in kept for column in row.columns) - row.need for row in program.rows]
    rows_of = program.rows_of()
    for column in sorted(kept, key=lambda column: (-program.costs[column], column)):
        rows = rows_of.get(column, ())
        if all(spare[row] > 0 for row in rows):
            kept.remove(column)
            for row in rows:
                spare[row] -= 1
    return frozenset(kept)


def _take(column, chosen, left, rows_of):
    chosen.add(column)
    for row in rows_of.get(column, ()):
        left[row] -= 1


def _by_price(program, rows_of, left, chosen):
    """Yield the column that is cheapest for what it still gives, until it gives nothing more.

    What a column gives only shrinks, so an old price is never too high: a column is priced
    again only when it reaches the top.
    """
    # One more for every column, so that those that cost nothing are told apart by their rows.
    weights = {column: program.costs[column] + 1 for column in rows_of}
    queue = [(weights[column] / len(rows), column) for column, rows in rows_of.items()
             if column not in chosen]
    heapq.heapify(queue)
    while queue:
        old_price, column = queue[0]
        gives = sum(left[row] > 0 for row in rows_of[column])
        price = weights[column] / gives if gives else None
        if price is None or price == old_price:
            heapq.heappop(queue)
        else:
            heapq.heapreplace(queue, (price, column))
        if price == old_price:
            yield column


def ascent_bound(program: Program, weights: Mapping[int, int]) -> int:
    """Return a bound on the sum of weights: every row pays for its columns what it can.

    Dual ascent for set covering (M. L. Fisher and P. Kedia, Management Science 36, 1990): what
    rows pay for a column together is at most its weight, so what they pay for all they need is
    at most the weight of any answer.
    """
    unpaid = dict(weights)
    bound = 0
    for row in sorted(program.rows, key=lambda row: len(row.columns)):
        pays = min(unpaid[column] for column in row.columns)
        bound += pays * row.need
        for column in row.columns:
            unpaid[column] -= pays
    return bound
