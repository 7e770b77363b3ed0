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
from .jobs import Numbers
from .shape import START, Shape

PROJECT = "simulated"
INTERVALS = {1: 0.15, 5: 0.25, 10: 0.6}   # in pushes, with the share of jobs that have it
BACKSTOP = 20                             # on every push of this many everything runs


@dataclass(frozen=True, slots=True)
class _Failed:
    push: int
    job: int
    fixed_by: str | None    # None: not starred so
    starred_day: float      # when that was


class StarredCI:
    """A simulated CI with all that was starred in it. Every job ran on every push, or few did.

    Jobs go by the names that they had in the beginning; a rename is taken to be known.
    """

    def __init__(self, shape: Shape, seed: int = 1, *, is_thinned: bool = False):
        """`is_thinned`: most jobs ran on every fifth or tenth push only, as in a CI that skips."""
        self._simulation = Simulation(shape, seed)
        table = self._simulation.table
        turns = _Turns(len(table), seed) if is_thinned else None
        self._types = [parse(label, "taskcluster", PROJECT) for label in table.labels(0.0)]
        self._days: list[float] = []
        self._failed: list[_Failed] = []
        rows = []
        for push in self._simulation.pushes():
            self._days.append(push.day)
            ran = self._simulation.run(push, None if turns is None else turns.of(push.index))
            rows.append(np.isin(np.arange(len(table)), ran.jobs))
            for job, failure in ran.failures.items():
                at = failure.starred_at
                self._failed.append(_Failed(
                    push.index, job, failure.fixed_by,
                    0.0 if at is None else (at - START) / timedelta(days=1)))
        self._ran = np.array(rows)        # by push and job

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
        return {self._type(job): self._runs(job, begin, end, np.inf, failed_on, MOST_RUNS)
                for job in jobs}

    def _runs(
        self, job: int, begin: int, end: int, day: float, failed_on: dict[int, list[int]],
        most: int | None = None,
    ) -> RunCount:
        """Count a job's runs before a day, on the pushes from `begin` until before `end`."""
        ran = np.flatnonzero(
            self._ran[begin:end, job] & (np.array(self._days[begin:end]) < day))[:most]
        return RunCount(len(ran), len(set((begin + ran).tolist()).intersection(failed_on[job])))


class _Turns:
    """Which jobs run on a push of a CI that skips: each has its interval, and its own turn."""

    def __init__(self, jobs: int, seed: int):
        rng = np.random.default_rng([seed, 77])
        self._every = rng.choice(list(INTERVALS), jobs, p=list(INTERVALS.values()))
        self._turn = rng.integers(0, max(INTERVALS), jobs)

    def of(self, push: int) -> Numbers:
        due = (push + self._turn) % self._every == 0
        return np.flatnonzero(due | (push % BACKSTOP == 0))
