"""Evidence of a simulated CI as it runs, or of all of its history; without a database."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np

from ...domain import Classification, Scope
from ...domain.limits import REVISION_DIGITS
from ...store.evidence.failures import StarredFailure
from ...store.evidence.passes import Failing
from ..simulation import Failure, Ran, Simulation
from ..simulation.files import BUILD_SYSTEM
from ..simulation.shape import START
from .evidence import Evidence
from .recorder import Recorder
from .stars import star
from .times import Integers, integers, micros, time

SECOND, MS = 1_000_000, 1_000


class SimulationRecorder:
    """Writes down what runs in a simulation, as an import of its file would."""

    def __init__(
        self, simulation: Simulation, scope: Scope, moments: Iterable[datetime], *,
        project: str = "simulated",
    ):
        self.recorder = Recorder(scope, moments)
        self._simulation, self._project = simulation, project
        self._lists = simulation.table.changes()
        self._numbers: dict[int, Integers] = {}
        self._passed_on: Integers = integers([])         # by the recorder's number of a name
        self.push_times: list[datetime] = []
        self.starred: list[StarredFailure] = []
        self.last_passes: dict[Failing, datetime] = {}   # before each of these

    def record_all(self) -> Evidence:
        """Let every job run on every push until the end, and return the evidence."""
        for push in self._simulation.pushes():
            self.add(self._simulation.run(push))
        return self.evidence()

    def add(self, ran: Ran) -> None:
        """Add the runs of some jobs on a push, and the lists that came until then."""
        self._add_lists(ran.push.day)
        numbers = self._numbers_on(ran.push.day)
        self.push_times.append(ran.push.pushed_at)
        pushed_at = micros(ran.push.pushed_at)
        duration_ms = ran.duration_ms.astype(np.int64)
        known_at = pushed_at + ran.started_seconds.astype(np.int64) * SECOND + duration_ms * MS
        failed = np.isin(ran.jobs, list(ran.failures))
        self.recorder.add_runs(numbers[ran.jobs], known_at=known_at, duration_ms=duration_ms,
                               failed=failed)
        for place in np.flatnonzero(failed).tolist():
            job = int(ran.jobs[place])
            self._add_star(int(numbers[job]), ran.failures[job], pushed_at, int(known_at[place]))
        passed = numbers[ran.jobs[~failed]]
        self._passed_on[passed] = np.maximum(self._passed_on[passed], pushed_at)

    def evidence(self, now: datetime | None = None) -> Evidence:
        """Return the evidence of what ran so far, with the lists that came until `now`."""
        if now is not None:
            self._add_lists((now - START) / timedelta(days=1))
        return self.recorder.evidence()

    def _add_star(self, name: int, failure: Failure, pushed_at: int, known_at: int) -> None:
        job_type = self.recorder.type_of(name)
        if (failure.classification is not Classification.FIXED_BY_COMMIT or job_type is None
                or failure.fixed_by is None or failure.starred_at is None):
            return
        fixed_by = failure.fixed_by[:REVISION_DIGITS]
        self.recorder.add_star(star(
            fixed_by, job_type, pushed_at=pushed_at, known_at=known_at,
            classified_at=micros(failure.starred_at)))
        failing = Failing(self._project, self.recorder.job_type(job_type), time(pushed_at))
        self.starred.append(StarredFailure(
            fixed_by, self._project, failing.pushed_at, time(known_at), failure.starred_at,
            failing.job_type))
        if self._passed_on[name] >= 0:
            self.last_passes[failing] = time(int(self._passed_on[name]))

    def _add_lists(self, until: float) -> None:
        while self._lists and self._lists[0] <= until:
            day = self._lists.pop(0)
            numbers = self._numbers_on(day)[self._simulation.table.alive(day)]
            self.recorder.add_list(self._project, BUILD_SYSTEM, START + timedelta(days=day),
                                   numbers.tolist())

    def _numbers_on(self, day: float) -> Integers:
        """Return the recorder's numbers of all jobs, by the names that they have on a day."""
        labels = self._simulation.table.labels(day)
        if id(labels) not in self._numbers:
            self._numbers[id(labels)] = integers([
                self.recorder.number(self._project, BUILD_SYSTEM, label) for label in labels])
            new = int(self._numbers[id(labels)].max()) + 1 - len(self._passed_on)
            self._passed_on = np.concatenate([self._passed_on, np.full(max(0, new), -1)])
        return self._numbers[id(labels)]
