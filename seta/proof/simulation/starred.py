"""What the stars of a simulated CI say, and what a set of its jobs is worth by the truth."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from ...analysis import Problem
from ...domain import JobType, Regression, RunCount
from ...names import parse
from ...store.evidence.showings import MOST_RUNS
from .history import Simulation
from .shape import START, Shape

PROJECT = "simulated"


@dataclass(frozen=True, slots=True)
class _Failed:
    push: int
    job: int
    fixed_by: str | None    # None: not starred so
    starred_day: float      # when that was


class StarredCI:
    """A simulated CI in which every job ran on every push, with all that was starred in it.

    Jobs go by the names that they had in the beginning; a rename is taken to be known.
    """

    def __init__(self, shape: Shape, seed: int = 1):
        self._simulation = Simulation(shape, seed)
        table = self._simulation.table
        self._types = [parse(label, "taskcluster", PROJECT) for label in table.labels(0.0)]
        self._days: list[float] = []
        self._failed: list[_Failed] = []
        for push in self._simulation.pushes():
            self._days.append(push.day)
            for job, failure in self._simulation.run(push).failures.items():
                at = failure.starred_at
                self._failed.append(_Failed(
                    push.index, job, failure.fixed_by,
                    0.0 if at is None else (at - START) / timedelta(days=1)))

    def problem_at(self, day: float) -> Problem:
        """Return the problem of all pushes before a day, as it was starred by then."""
        table = self._simulation.table
        alive = table.alive(day).tolist()
        failed_on: dict[int, list[int]] = defaultdict(list)
        starred: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for each in self._failed:
            if self._days[each.push] < day:
                failed_on[each.job].append(each.push)
                if each.fixed_by is not None and each.starred_day <= day:
                    starred[each.fixed_by[:12]][each.job].append(each.push)
        return Problem(
            tuple(Regression(fixed_by, frozenset(map(self._type, jobs)))
                  for fixed_by, jobs in starred.items()),
            {PROJECT: frozenset(map(self._type, alive))},
            {self._type(job): round(table.seconds[job] * 1000) for job in alive},
            forced={self._type(job): "build" for job in alive if table.is_build[job]},
            shown={fixed_by: self._showed(jobs, failed_on) for fixed_by, jobs in starred.items()},
            totals={self._type(job): self._runs(job, 0, len(self._days), day, failed_on)
                    for job in range(len(table))})

    def caught(self, chosen: frozenset[JobType], since: float, until: float) -> list[float]:
        """Return the chance that a set shows each regression on the push that it lands with."""
        shown = []
        for each in self._simulation.regressions:
            if since <= self._days[each.landed] < until:
                missed = [1 - chance for job, chance in each.witnesses.items()
                          if self._type(job) in chosen]
                shown.append(1 - float(np.prod(missed)))
        return shown

    def _type(self, job: int) -> JobType:
        found = self._types[job]
        assert found is not None  # the names of the simulation can be parsed
        return found

    def _showed(
        self, jobs: dict[int, list[int]], failed_on: dict[int, list[int]]
    ) -> dict[JobType, RunCount]:
        begin = min(push for pushes in jobs.values() for push in pushes)
        end = max(push for pushes in jobs.values() for push in pushes) + 1
        return {self._type(job): self._runs(job, begin, min(end, begin + MOST_RUNS), np.inf,
                                            failed_on)
                for job in jobs}

    def _runs(
        self, job: int, begin: int, end: int, day: float, failed_on: dict[int, list[int]]
    ) -> RunCount:
        """Count a job's runs before a day, on the pushes from `begin` until before `end`."""
        table = self._simulation.table
        days = np.array(self._days[begin:end])
        ran = (days < day) & (table.born[job] <= days) & (days < table.gone[job])
        return RunCount(int(ran.sum()), sum(begin <= push < end for push in failed_on[job]))
