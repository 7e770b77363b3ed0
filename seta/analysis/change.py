"""A price for change: job types that are not chosen yet cost more, so that a good set stays.

What a set costs is still told in real milliseconds. The prices decide between sets only.
"""

from collections.abc import Collection, Sequence

from .cover import Cover
from .problem import Problem
from .setcover import Answer, Budget, CoverProblem, Progress, solve

FINE = 100          # prices of small costs are counted in hundredths, or rounding would hide them
SMALL = 10_000      # below this a cost is small


def answer_at_prices(
    problem: Problem, cover: Cover, plain: CoverProblem, least: Answer, limits: Budget,
    progress: Progress,
) -> Answer:
    """Return the cheapest answer at the prices of a problem; `least` is the one without them.

    Its lower bound is that of real costs, so the gap says by how much it may exceed the least. It
    is proved when it is the cheapest at its prices, and `least` is proved too.
    """
    kept = {column for column, job_type in enumerate(cover.job_types) if job_type in problem.kept}
    costs = prices_of(plain.costs, kept, problem.change_price)
    found = solve(CoverProblem(costs, plain.rows), limits, progress)
    return Answer(found.chosen, least.lower_bound, found.is_proved and least.is_proved)


def prices_of(costs: Sequence[int], kept: Collection[int], price: float) -> list[int]:
    """Return each column's cost, times the price unless it is kept; all in the same fine unit.

    >>> prices_of([10, 10], {1}, 1.3)
    [1300, 1000]
    """
    unit = FINE if max(costs, default=0) < SMALL else 1
    return [cost * unit if column in kept else round(cost * unit * price)
            for column, cost in enumerate(costs)]
