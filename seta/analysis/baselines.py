"""Other ways to choose job types, for comparison."""

import random
from collections.abc import Iterable

from .setcover import CoverProblem
from .setcover.greedy import greedy

ORDERS = 10


def comparison_of(
    problem: CoverProblem, ours: Iterable[int], *, with_drop_one: bool,
    least: Iterable[int] | None = None,
) -> dict[str, dict[str, int]]:
    """Return how many job types each way takes and what they cost.

    `least` is the cheapest set where ours is not: a price for change decided.
    """
    found = {"ours": problem.price(ours), "greedy": problem.price(greedy(problem))}
    if least is not None:
        found["least"] = problem.price(least)
    if with_drop_one:
        prices = sorted(problem.price(drop_one(problem, seed)) for seed in range(ORDERS))
        found["drop_one_best"], found["drop_one_worst"] = prices[0], prices[-1]
    return {way: {"job_types": count, "cost": cost} for way, (cost, count) in found.items()}


def drop_one(problem: CoverProblem, seed: int) -> frozenset[int]:
    """Return what the pass of earlier SETAs keeps. It depends on the order, which is random here.

    It tried one job type after the other and dropped it if every regression was still caught
    without it, whatever it cost.
    """
    columns = sorted(problem.rows_of())
    random.Random(seed).shuffle(columns)
    rows_of = problem.rows_of()
    spare = [len(row.columns) - row.need for row in problem.rows]
    kept = set(columns)
    for column in columns:
        if all(spare[row] for row in rows_of[column]):
            kept.remove(column)
            for row in rows_of[column]:
                spare[row] -= 1
    return frozenset(kept)
