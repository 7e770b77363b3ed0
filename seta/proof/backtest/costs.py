"""What a set costs over the pushes of a period: in machine time, in jobs, and by platform."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from ...analysis.cover import Cover
from ...analysis.problem import Problem
from ...domain import JobType, Priority
from .history import Period
from .timelines import Timeline

Numbers = npt.NDArray[np.int64]
Priorities = npt.NDArray[np.int8]
NONE: Numbers = np.array([], dtype=np.int64)


@dataclass(slots=True)
class Cost:
    """What ran over the pushes of a period: milliseconds, or numbers of jobs."""

    pushes: int = 0
    every_push: float = 0.0          # priority 1, forced jobs among them
    with_cadence: float = 0.0        # what runs less often too
    full: float = 0.0                # everything on every push
    backfill: float = 0.0            # finding the culprits by bisection
    backfill_all: float = 0.0        # by running the witness on every push that may be to blame

    def add(self, other: "Cost") -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def of_sets(self, count: int) -> "Cost":
        """Return the mean over this many sets that were added up, each on all the pushes."""
        return Cost(self.pushes // count, *(
            getattr(self, each.name) / count for each in fields(self)[1:]))


@dataclass
class Bill:
    """What a set costs, counted in both units."""

    time: Cost = field(default_factory=Cost)      # in the unit of the problem
    jobs: Cost = field(default_factory=Cost)
    # Of the time of every push, by platform; and of a full run.
    platforms: dict[str, tuple[float, float]] = field(default_factory=dict)


class Board:
    """The job types of a problem by their number, as arrays."""

    def __init__(
        self, problem: Problem, cover: Cover, costs: Sequence[int], caught: frozenset[int]
    ):
        self.number_of = {job_type: number for number, job_type in enumerate(cover.job_types)}
        self._job_types = cover.job_types
        self.costs = np.array(costs, dtype=np.int64)
        self._alive: dict[str, Numbers] = {
            project: np.array(sorted(self.number_of[each] for each in job_types), dtype=np.int64)
            for project, job_types in problem.alive.items()}
        self.platforms = sorted({each.platform for each in cover.job_types})
        place = {platform: number for number, platform in enumerate(self.platforms)}
        self._place = np.array([place[each.platform] for each in cover.job_types], dtype=np.int64)
        self._usual = np.full(len(cover.job_types), Priority.THIRD, dtype=np.int8)
        self._usual[list(caught)] = Priority.SECOND
        for column in cover.lowered:
            self._usual[column] = problem.lowered[cover.job_types[column]]
        self._usual[list(cover.forced)] = Priority.FIRST

    @cached_property
    def keys(self) -> npt.NDArray[np.uint64]:
        """What tells a job type at any cut-off: its number here is another one there."""
        return np.array([int.from_bytes(blake2b(str(each).encode(), digest_size=8).digest())
                         for each in self._job_types], dtype=np.uint64)

    def priorities(self, chosen: frozenset[int]) -> Priorities:
        """Return the priority of each job type under a chosen set."""
        found = self._usual.copy()
        found[list(chosen)] = Priority.FIRST
        return found

    def priority_of(self, job_type: JobType, priorities: Priorities) -> Priority:
        """Return its priority; what the decision did not know runs on every push."""
        number = self.number_of.get(job_type)
        return Priority.FIRST if number is None else Priority(int(priorities[number]))

    def bill(self, priorities: Priorities, period: Period) -> Bill:
        """Return what the pushes of a period take; projects where everything runs do not count."""
        found = Bill()
        shares = np.zeros((2, len(self.platforms)))
        for project, timeline in period.timelines.items():
            if timeline.runs_all:
                continue
            alive = self._alive.get(project, NONE)
            begin, end = timeline.index_of(period.begin), timeline.index_of(period.end)
            ranks, costs = priorities[alive], self.costs[alive]
            found.time.add(_cost(np.bincount(ranks, costs, 4), timeline, begin, end))
            found.jobs.add(_cost(np.bincount(ranks, minlength=4), timeline, begin, end))
            is_first = ranks == Priority.FIRST
            for row, taken in enumerate((costs * is_first, costs)):
                shares[row] += (end - begin) * np.bincount(
                    self._place[alive], taken, len(self.platforms))
        found.platforms = {platform: (float(first), float(full)) for platform, first, full
                           in zip(self.platforms, *shares) if full}
        return found


def _cost(amounts: npt.NDArray[np.number], timeline: Timeline, begin: int, end: int) -> Cost:
    """Count the amounts of each priority, by its number, on the pushes of a timeline."""
    return Cost(
        end - begin, float(amounts[Priority.FIRST]) * (end - begin),
        sum(float(amounts[each]) * timeline.runs_between(each, begin, end) for each in Priority),
        float(amounts.sum()) * (end - begin))
