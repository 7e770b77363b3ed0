"""Ways to choose what runs on every push, each given what was known at a cut-off.

All have the forced job types beside what they choose. Those that are not covers get the machine
time of the plain cover, so that they can be compared at equal cost; with `Known.counted` they get
its number of jobs. A cover and a budget has the machine time of the cover with redundancy 2, or 1.3
times that of the plain one.
"""

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from ...analysis.baselines import ORDERS, drop_one
from ...analysis.choice import LEAST_REGRESSIONS
from ...analysis.choice import choose
from ...analysis.cover import Cover, cover_of
from ...analysis.decide import cover_problem_of
from ...analysis.expected import Expectation, expectation_of
from ...analysis.objective import costs_of
from ...analysis.problem import Problem
from ...analysis.setcover import Budget, CoverProblem, solve
from ...analysis.setcover.greedy import greedy
from ...domain import EXPECTED_COVERAGE
from .costs import Board

HALF_LIFE = 30.0     # days, of a regression's weight
DRAWS = 100          # random sets

Columns = frozenset[int]


@dataclass(frozen=True)
class Known:
    """What a policy may look at: the problem of the cut-off, and how old each regression is."""

    problem: Problem
    ages: Mapping[str, float]        # days, by fixing revision
    limits: Budget
    is_counted: bool = False         # a ranking's budget is a number of jobs, not machine time

    @cached_property
    def counted(self) -> "Known":
        """The same, for policies that get as many jobs as the plain cover has."""
        twin = replace(self, is_counted=True)
        vars(twin).update(cover=self.cover, costs=self.costs, caught=self.caught, plain=self.plain,
                          board=self.board)
        return twin

    @cached_property
    def board(self) -> Board:
        """What costs are counted with."""
        return Board(self.problem, self.cover, self.costs, self.caught)

    @cached_property
    def cover(self) -> Cover:
        return cover_of(self.problem)

    @cached_property
    def costs(self) -> list[int]:
        return costs_of(self.cover.job_types, self.problem.durations_ms)[0]

    @cached_property
    def caught(self) -> Columns:
        """The job types that caught anything before."""
        return frozenset(column for witnesses in self.cover.witnesses for column in witnesses)

    @cached_property
    def plain(self) -> Columns:
        """The cheapest set that catches every regression once."""
        return self.cover_with(1)

    @cached_property
    def prices(self) -> list[int]:
        """What a job type takes of the budget."""
        return [1] * len(self.costs) if self.is_counted else self.costs

    @cached_property
    def budget(self) -> int:
        return sum(self.prices[column] for column in self.plain)

    @property
    def free(self) -> list[int]:
        """The job types that are neither forced nor lowered."""
        return [column for column in range(len(self.cover.job_types))
                if column not in self.cover.forced and column not in self.cover.lowered]

    @cached_property
    def cover_problem(self) -> CoverProblem:
        return self.cover_problem_with(1)

    def cover_problem_with(self, redundancy: int) -> CoverProblem:
        return cover_problem_of(
            cover_of(replace(self.problem, redundancy=redundancy)), self.costs)

    def cover_with(self, redundancy: int) -> Columns:
        return self.double if redundancy == 2 else self._solve(redundancy)

    @cached_property
    def double(self) -> Columns:
        """The cheapest set that catches every regression twice, where that can be."""
        return self._solve(2)

    def _solve(self, redundancy: int) -> Columns:
        return solve(self.cover_problem_with(redundancy), self.limits).chosen

    def cost_of(self, columns: Columns) -> int:
        return sum(self.costs[column] for column in columns)

    @cached_property
    def expectation(self) -> Expectation:
        """What is expected to be caught; its parameters are chosen inside the window."""
        return expectation_of(self.cover, self.problem.alive, self.ages, self.costs,
                              limit=self.cost_of(self.plain))

    def expected(self, limit: int, start: Columns) -> Columns:
        """Take what is expected to catch most beside these, until all cost the limit."""
        taken = self.expectation.spend(
            limit - self.cost_of(start), self.costs, candidates=self.free,
            start=start | self.cover.forced)
        return start.union(taken)

    def filled(self, ranking: Iterable[int]) -> Columns:
        """Take job types in this order, each that fits into what is left of the budget."""
        left, chosen = self.budget, set()
        for column in ranking:
            if self.prices[column] <= left:
                chosen.add(column)
                left -= self.prices[column]
        return frozenset(chosen)


def cover(redundancy: int) -> Callable[[Known], list[Columns]]:
    return lambda known: [known.plain if redundancy == 1 else known.cover_with(redundancy)]


def cover_named(name: str) -> int | None:
    """Return the redundancy of a cover's name.

    >>> cover_named("cover, k = 5"), cover_named("cover, k = none")
    (5, None)
    """
    found = re.fullmatch(r"cover, k = ([1-9]\d*)", name)
    return None if found is None else int(found.group(1))


def as_double(known: Known) -> list[Columns]:
    """The cover, and as much by expectation as the one with redundancy 2 costs."""
    return [known.expected(known.cost_of(known.double), known.plain)]


def cover_and_budget(budget: float) -> Callable[[Known], list[Columns]]:
    return lambda known: [known.expected(int(budget * known.cost_of(known.plain)), known.plain)]


def as_decided(known: Known) -> list[Columns]:
    """What the scope's own budget and objective choose; a price for change is left out."""
    cheapest = known.cover_with(known.problem.redundancy)
    return [choose(known.problem, known.cover, known.costs, cheapest).columns]


def by_expectation(known: Known) -> list[Columns]:
    """What is expected to catch most for the cover's cost; the cover itself in small windows."""
    if sum(map(bool, known.cover.witnesses)) < LEAST_REGRESSIONS:
        return [known.plain]
    return [known.expected(known.cost_of(known.plain), frozenset())]


def by_failures(known: Known) -> list[Columns]:
    """Those that caught most regressions first."""
    caught = _score(known, lambda number: 1.0)
    return [known.filled(sorted(known.free, key=lambda column: (-caught[column], column)))]


def by_recency(known: Known) -> list[Columns]:
    """By what they caught lately for their cost; a regression that many saw counts less."""
    def weight(number: int) -> float:
        age = known.ages.get(known.cover.fixed_by[number], 0.0)
        return float(2 ** (-age / HALF_LIFE) / max(1, len(known.cover.witnesses[number])) ** 0.5)
    worth = _score(known, weight)
    return [known.filled(sorted(
        known.free, key=lambda column: (-worth[column] / max(1, known.prices[column]), column)))]


def at_random(known: Known) -> list[Columns]:
    free = known.free
    if known.is_counted:
        count = min(known.budget, len(free))
        return [frozenset(random.Random(seed).sample(free, count)) for seed in range(DRAWS)]
    return [known.filled(free[place] for place in order) for order in _orders(len(free))]


@lru_cache(maxsize=4)
def _orders(count: int) -> tuple[tuple[int, ...], ...]:
    """Return the random orders of this many job types: often the same number from day to day."""
    found = []
    for seed in range(DRAWS):
        places = list(range(count))
        random.Random(seed).shuffle(places)
        found.append(tuple(places))
    return tuple(found)


def by_drop_one(known: Known) -> list[Columns]:
    """What the pass of earlier SETAs keeps, in ten orders; at the cost that it has."""
    return [drop_one(known.cover_problem, seed) for seed in range(ORDERS)]


def by_greedy(known: Known) -> list[Columns]:
    return [greedy(known.cover_problem)]


def nothing(known: Known) -> list[Columns]:
    return [frozenset()]


def everything(known: Known) -> list[Columns]:
    return [frozenset(known.free)]


def knowing(later: Sequence[Columns]) -> Callable[[Known], list[Columns]]:
    """Return the policy that knows the witnesses of what comes: most caught for the plain cost."""
    def choose(known: Known) -> list[Columns]:
        waiting, chosen, left = list(later), set[int](), known.budget
        while waiting:
            gains: dict[int, int] = {}
            for witnesses in waiting:
                for column in witnesses:
                    gains[column] = gains.get(column, 0) + 1
            fits = [column for column in gains if known.prices[column] <= left]
            if not fits:
                break
            best = max(fits, key=lambda column: (gains[column] / max(1, known.prices[column]),
                                                 -column))
            chosen.add(best)
            left -= known.prices[best]
            waiting = [witnesses for witnesses in waiting if best not in witnesses]
        return [frozenset(chosen)]
    return choose


def _score(known: Known, weight: Callable[[int], float]) -> list[float]:
    scores = [0.0] * len(known.cover.job_types)
    for number, witnesses in enumerate(known.cover.witnesses):
        each = weight(number)
        for column in witnesses:
            scores[column] += each
    return scores


POLICIES: dict[str, Callable[[Known], list[Columns]]] = {
    "everything": everything,
    "nothing but the cadence": nothing,
    "random": at_random,
    "most failures first": by_failures,
    "recent catches for their cost": by_recency,
    "drop-one": by_drop_one,
    "greedy by cost": by_greedy,
    "cover, k = 1": cover(1),
    "cover, k = 2": cover(2),
    "cover, k = 3": cover(3),
    "cover and budget, as k = 2": as_double,
    "cover and budget, 1.3": cover_and_budget(1.3),
    EXPECTED_COVERAGE: by_expectation,
}
PLAIN = "cover, k = 1"
AS_DECIDED = "as the scope decides"      # where that is not a cover alone
RANKINGS = ("random", "most failures first", "recent catches for their cost")
CEILING = "knowing the future"
EVERY_NTH = "everything every Nth push"
