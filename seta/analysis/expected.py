"""What a set of job types is expected to catch of the regressions that come next.

A regression that comes is taken to be like one of the window, more likely like a late one than like
an early one, or, sometimes, like none of them. A job type catches it with a chance that falls with
how far it is from the witnesses of that regression, whatever the others do. So a second job type
that is like the same regressions adds less than the first one did.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from ..domain import JobType
from .cover import Cover
from .likeness import Levels, Likeness, LikenessTable, Numbers, likenesses_of

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# The chance that a job type catches a regression which is like one that it is related to so.
CHANCES = {
    Likeness.CAUGHT_IT: 0.5, Likeness.OTHER_BUILD_TYPE: 0.07, Likeness.OTHER_PLATFORM: 0.05,
    Likeness.OTHER_CHUNK: 0.035, Likeness.SAME_SUITE: 0.01, Likeness.OF_THE_PLACE: 0.3,
}
LATER_SHARE = 1 / 3      # of the window's regressions: those that parameters are tried on
LEAST_LATER = 20         # of them; with fewer, the usual parameters stay


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is chosen from a window's own past."""

    half_life: float = 30.0    # days after which a regression weighs half
    prior: float = 0.2         # the share of what comes that is like nothing in the window
    scale: float = 1.0         # of the chances of job types that are near a witness


GRID = tuple(Parameters(*each) for each in product((30.0, 90.0), (0.2, 0.1), (1.0, 2.0)))


class Expectation:
    """What sets of job types are expected to catch, as a share of what comes, from 0 to 1.

    On each project with the job types that are alive there; the mean over the projects.
    """

    def __init__(
        self, table: LikenessTable, alive: Flags, ages: Floats,
        parameters: Parameters = Parameters(),
    ):
        """`alive` has a line for each project; `ages` are days, infinite for what does not count.
        """
        self.table, self.alive, self.parameters = table, alive, parameters
        scales = {Likeness.CAUGHT_IT: 1.0, Likeness.OF_THE_PLACE: 1.0}
        self._chances = np.array([
            chance * scales.get(likeness, parameters.scale)
            for likeness, chance in CHANCES.items()])[table.levels]
        weights = 2.0 ** (-ages / parameters.half_life)
        total = weights.sum()
        self.weights: Floats = np.concatenate([
            weights * ((1 - parameters.prior) / total if total else 0.0),
            np.full(table.places, parameters.prior / max(1, table.places))])
        self._lines = [np.flatnonzero(each).tolist() for each in alive.T]

    def part_of(self, column: int) -> tuple[Numbers, Floats]:
        """Return the rows that a job type may catch, ascending, and its chance for each."""
        part = slice(self.table.begin[column], self.table.begin[column + 1])
        return self.table.rows[part], self._chances[part]

    def uncaught_by(self, kept: Iterable[int]) -> Floats:
        """Return the share of what comes that is like each row, and that none of these catches.

        A line for each project; the sum of all is what is missed.
        """
        uncaught = np.tile(self.weights / max(1, len(self.alive)), (len(self.alive), 1))
        for column in sorted(kept):
            self.add(uncaught, column)
        return uncaught

    def add(self, uncaught: Floats, column: int) -> None:
        """Let one more job type catch what is not caught yet."""
        rows, chances = self.part_of(column)
        for line in self._lines[column]:
            uncaught[line, rows] *= 1 - chances

    def catches(self, kept: Iterable[int]) -> float:
        """Return the share of what comes that these are expected to catch."""
        return float(self.weights.sum() - self.uncaught_by(kept).sum())

    def gain(self, uncaught: Floats, column: int) -> float:
        """Return the share of what comes that only this job type catches."""
        rows, chances = self.part_of(column)
        return float(sum(uncaught[line].take(rows) @ chances for line in self._lines[column]))

    def losses(self, uncaught: Floats, column: int) -> tuple[Numbers, Levels, Floats]:
        """Return what would not be caught without a job type, by row, with how it is related.

        `uncaught` is what is not caught with it.
        """
        rows, chances = self.part_of(column)
        levels = self.table.levels[self.table.begin[column]:self.table.begin[column + 1]]
        there = np.sum([uncaught[line].take(rows) for line in self._lines[column]], axis=0)
        return rows, levels, there / (1 - chances) * chances

    def gains(self, uncaught: Floats) -> list[float]:
        """Return the gain of every job type."""
        gains = np.zeros(len(self._lines))
        for line, alive in zip(uncaught, self.alive, strict=True):
            of_pairs = line[self.table.rows] * self._chances
            gains += np.add.reduceat(of_pairs, self.table.begin[:-1]) * alive
        return gains.tolist()

    def spend(
        self, limit: int, costs: Sequence[int], *, candidates: Iterable[int], start: Iterable[int],
    ) -> list[int]:
        """Take what adds most to `start` for its cost, again and again; what it takes, in order.

        All together costs no more than the limit: what costs more than is left is passed over.
        What costs nothing is taken if it adds anything. A job type only ever adds less the more
        there are, so it is looked at again only at the top of the queue; and so a higher limit is
        never expected to catch less: where it first takes what the lower one cannot pay, that alone
        adds as much as all that the lower one still takes.
        """
        uncaught = self.uncaught_by(start)
        gains = self.gains(uncaught)
        queue = [(-_worth(gains[column], costs[column]), column)
                 for column in sorted(set(candidates).difference(start)) if costs[column] <= limit]
        heapq.heapify(queue)
        taken = []
        while queue:
            before, column = heapq.heappop(queue)
            if costs[column] > limit or not before:
                continue
            now = -_worth(self.gain(uncaught, column), costs[column])
            if queue and (now, column) > queue[0]:
                heapq.heappush(queue, (now, column))
                continue
            taken.append(column)
            limit -= costs[column]
            self.add(uncaught, column)
        return taken


def _worth(gain: float, cost: int) -> float:
    return gain / cost if cost else (np.inf if gain else 0.0)


def fitted(
    table: LikenessTable, alive: Flags, ages: Floats, witnesses: Sequence[Sequence[int]],
    costs: Sequence[int], *, candidates: Sequence[int], start: Sequence[int], limit: int,
) -> Parameters:
    """Return the parameters that would have done best within the window.

    What the older regressions make of each is tried on the later ones: each counts the more the
    cheaper the set was by which it was caught, over all sets up to the limit. Where there are few,
    and of equals, the usual parameters stay.
    """
    counting = np.flatnonzero(np.isfinite(ages))
    later = counting[np.argsort(ages[counting], kind="stable")][:int(len(counting) * LATER_SHARE)]
    if len(later) < LEAST_LATER:
        return Parameters()
    older = ages.copy()
    older[later] = np.inf
    sought = [frozenset(witnesses[number]).difference(start) for number in later.tolist()]
    scores = {}
    for parameters in GRID:
        expectation = Expectation(table, alive, older, parameters)
        taken = expectation.spend(limit, costs, candidates=candidates, start=start)
        scores[parameters] = _early(taken, costs, sought, limit)
    return max(scores, key=lambda each: scores[each])     # of equals, the first


def _early(
    taken: Sequence[int], costs: Sequence[int], sought: Iterable[frozenset[int]], limit: int
) -> float:
    """Return how early these catch what is sought, summed: 1 at once, 0 at the limit or never."""
    spent, when = 0, {}
    for column in taken:
        spent += costs[column]
        when[column] = 1 - spent / max(1, limit)
    return sum(max((when.get(column, 0.0) for column in witnesses), default=0.0)
               for witnesses in sought)


def expectation_of(
    cover: Cover, alive: Mapping[str, Set[JobType]], ages: Mapping[str, float],
    costs: Sequence[int], *, limit: int,
) -> Expectation:
    """Return what to expect after a window: by its regressions, with parameters that fit them.

    `ages` are the days since the first failing push, by fixing revision; unknown ones count as new.
    `limit` is what the sets that the parameters are tried with may cost.
    """
    number_of = {job_type: number for number, job_type in enumerate(cover.job_types)}
    where = np.zeros((len(alive), len(cover.job_types)), dtype=bool)
    for line, project in enumerate(sorted(alive)):
        where[line, [number_of[job_type] for job_type in alive[project]]] = True
    where = where[where.any(axis=1)]
    believed = [_believed(cover, number) for number in range(len(cover.fixed_by))]
    days = np.array([ages.get(fixed_by, 0.0) if witnesses else np.inf for fixed_by, witnesses
                     in zip(cover.fixed_by, believed, strict=True)])
    table = likenesses_of(cover.job_types, believed)
    return Expectation(table, where, days, fitted(
        table, where, days, believed, costs, candidates=cover.free,
        start=sorted(cover.forced), limit=limit))


def _believed(cover: Cover, number: int) -> list[int]:
    """Return the witnesses of a regression that are believed; all of them where none is."""
    witnesses = list(cover.witnesses[number])
    if not cover.showings:
        return witnesses
    doubtful = cover.doubtful(number)
    return [column for column in witnesses if column not in doubtful] or witnesses
