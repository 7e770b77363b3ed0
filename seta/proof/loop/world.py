"""A simulated CI that runs what it is told, and all that was observed of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from ...domain import Classification, JobType, Priority, Scope
from ...ledger.backfill import expected_runs
from ...ledger.cadence import NEVER_RAN, CadenceDecision
from ...ledger.turns import spread_of
from ...names import TASKCLUSTER, parse
from ..evidence import SimulationRecorder
from ..simulation import Ran, Shape, SimulatedPush, Simulation
from ..simulation.jobs import Numbers
from ..simulation.regressions import SimulatedRegression
from ..simulation.shape import START

PROJECT = "simulated"
DAY = timedelta(days=1)
UNKNOWN = int(Priority.FIRST)       # what a decision does not know runs


@dataclass(frozen=True, slots=True)
class PushCost:
    """Machine time of one push, as shares of a full run of it."""

    every_push: float
    run: float           # with what else was due
    backfill: float      # to find the culprits of what it showed first


@dataclass(slots=True)
class Landed:
    """A regression that came in while SETA decided, and what the set did with it."""

    truth: SimulatedRegression
    day: float
    by_set: bool         # a job of priority 1 failed for it on its own push
    on_push: bool        # any job did

    @property
    def pushes_late(self) -> int | None:
        """None: nobody has found it yet."""
        found = self.truth.found_on
        return None if found is None else found - self.truth.landed


class World:
    """The CI, what runs on its pushes, and what was seen. It can be copied at any time."""

    def __init__(self, shape: Shape, seed: int, scope: Scope, moments: list[datetime]):
        self.shape, self.seed = shape, seed
        self.simulation = Simulation(shape, seed)
        self.recorder = SimulationRecorder(self.simulation, scope, moments, project=PROJECT)
        self.states = NEVER_RAN
        self.landed: list[Landed] = []
        self._last_run: Numbers = np.full(len(self.simulation.table), -1)
        self._last_day: Numbers = np.full(len(self.simulation.table), -np.inf)
        self._failing: dict[int, tuple[float, float]] = {}   # known on, and until, day
        self._types: dict[str, JobType | None] = {}

    def push(
        self, push: SimulatedPush, runs: Numbers | None = None, priority: Numbers | None = None
    ) -> PushCost:
        """Run jobs on a push and write down what they showed.

        `runs` says for each job, by its number, whether it does; without it all do. `priority` is
        that of each job; without it nothing is decided yet.
        """
        table = self.simulation.table
        alive = table.alive(push.day)
        chosen = alive if runs is None else alive[runs[alive]]
        ran = self.simulation.run(push, chosen)
        self.recorder.add(ran)
        backfill = self._note(ran, priority)
        full = float(table.seconds[alive].sum())
        first = full if priority is None else float(
            table.seconds[alive[priority[alive] == int(Priority.FIRST)]].sum())
        return PushCost(first / full, float(table.seconds[chosen].sum()) / full, backfill / full)

    def job_types_run(self, *, since: float) -> int:
        """Return how many jobs ran on a push of this day or later."""
        return int((self._last_day >= since).sum())

    def failing(self, push: SimulatedPush) -> list[int]:
        """Return the jobs that run until they pass: known to have failed, and not by chance."""
        return [job for job, (known, until) in self._failing.items() if known <= push.day < until]

    def job_types(self, day: float) -> list[JobType | None]:
        """Return what each job, by its number, is called on a day."""
        found = []
        for label in self.simulation.table.labels(day):
            if label not in self._types:
                self._types[label] = parse(label, TASKCLUSTER.name, PROJECT)
            found.append(self._types[label])
        return found

    def priorities(self, day: float, decided: Mapping[JobType, Priority]) -> Numbers:
        return np.array([UNKNOWN if each is None else int(decided.get(each, UNKNOWN))
                         for each in self.job_types(day)])

    def spreads(self, day: float) -> Numbers:
        return np.array([0 if each is None else spread_of(each) for each in self.job_types(day)])

    def _note(self, ran: Ran, priority: Numbers | None) -> float:
        """Note what was shown; return the seconds of finding the culprits, by bisection."""
        push, seconds = ran.push, 0.0
        shown: dict[int, list[int]] = {}
        for job, failure in ran.failures.items():
            if failure.cause is not None:
                shown.setdefault(failure.cause.number, []).append(job)
        for number, jobs in shown.items():
            each = self.simulation.regressions[number]
            if each.found_on == push.index and each.found_by in jobs:
                suspects = push.index - int(self._last_run[each.found_by])
                seconds += (expected_runs(suspects)
                            * float(self.simulation.table.seconds[each.found_by]))
        if priority is not None:
            self._note_landed(push, priority, shown)
        self._last_run[ran.jobs] = push.index
        self._last_day[ran.jobs] = push.day
        self._note_failing(ran)
        return seconds

    def _note_landed(
        self, push: SimulatedPush, priority: Numbers, shown: dict[int, list[int]]
    ) -> None:
        for each in reversed(self.simulation.regressions):
            if each.landed != push.index:
                break
            jobs = shown.get(each.number, [])
            by_set = any(priority[job] == int(Priority.FIRST) for job in jobs)
            self.landed.append(Landed(each, push.day, by_set, bool(jobs)))

    def _note_failing(self, ran: Ran) -> None:
        for job in self._failing.keys() & set(ran.jobs.tolist()):
            del self._failing[job]
        if not ran.failures:
            return
        place = {job: number for number, job in enumerate(ran.jobs.tolist())}
        for job, failure in ran.failures.items():
            number = place[job]
            ended = ran.started_seconds[number] + ran.duration_ms[number] / 1000
            until = float("inf")
            if (failure.classification is Classification.INTERMITTENT
                    and failure.starred_at is not None):
                until = (failure.starred_at - START) / DAY
            self._failing[job] = ran.push.day + float(ended) / 86400, until


def due_jobs(due: CadenceDecision, priority: Numbers, spread: Numbers) -> Numbers:
    """Return for each job, by its number, whether it is due on a push."""
    found = np.isin(priority, [int(each) for each in due.priorities])
    for turn in due.turns:
        found |= (priority == int(turn.priority)) & (spread % turn.of == turn.number - 1)
    return found
