"""What breaks, and which jobs show it.

A component of the product is tested by a few chunks of one or two suites; some components break far
more often than others. About half of the regressions show on one family of platforms only.
"""

from dataclasses import dataclass

import numpy as np

from .jobs import SUITES, JobTable, Numbers
from .shape import Shape

HEAVY_TAIL = 0.9            # exponent of Zipf's law over the components
OF_ONE_FAMILY = 0.45
OF_ONE_CONFIGURATION = 0.25
BUSTAGE = 0.05              # breaks a build
SHOWS = 0.45                # chance that a job which tests the component shows it
SHOWS_NEARBY = 0.03         # the same for the other chunks of its suites
IS_SURE = 0.85              # share of witnesses that fail on every run; the others on some


@dataclass(slots=True)
class SimulatedRegression:
    """A change that broke something. `witnesses` are the jobs that fail, with their chance to."""

    number: int
    landed: int                        # index of the push
    component: int
    witnesses: dict[int, float]
    notice_days: float                 # from the end of the first failure until somebody sees it
    fix_days: float                    # from then until the fix is there
    found_day: float | None = None     # when its first failure had ended
    found_by: int | None = None        # a job
    found_on: int | None = None        # index of the push
    fixed: int | None = None           # index of the push that fixes it
    fixed_by: str | None = None        # the revision of the change in it that does
    stars: int = 0                     # failures that were starred with it

    def is_in(self, push: int) -> bool:
        """Return whether it is in the tree at this push."""
        return self.landed <= push and (self.fixed is None or push < self.fixed)


class Breaker:
    """Makes regressions, each from a random number generator of its push."""

    def __init__(self, shape: Shape, table: JobTable, rng: np.random.Generator):
        self._table = table
        chances = 1 / np.arange(1, shape.components + 1) ** HEAVY_TAIL
        self._chances: Numbers = chances / chances.sum()
        suites = list(SUITES)
        sizes = np.array([SUITES[suite] for suite in suites], dtype=float)
        self._homes = [
            {suites[number]: float(rng.random()) for number in rng.choice(
                len(suites), 1 + int(rng.random() < 0.35), replace=False, p=sizes / sizes.sum())}
            for _ in range(shape.components)]
        self._tests = [number for number, job in enumerate(table.jobs) if job.suite is not None]
        self._builds = [number for number, job in enumerate(table.jobs) if job.suite is None]

    def make(
        self, number: int, push: int, day: float, rng: np.random.Generator
    ) -> SimulatedRegression:
        component = int(rng.choice(len(self._chances), p=self._chances))
        alive = set(self._table.alive(day).tolist())
        shown_by = self._shown_by(component, alive, rng)
        chances = {job: 1.0 if rng.random() < IS_SURE else float(rng.uniform(0.3, 0.9))
                   for job in shown_by}
        return SimulatedRegression(
            number, push, component, chances,
            notice_days=float(rng.lognormal(np.log(20 / 1440), 0.8)),
            fix_days=float(rng.lognormal(np.log(60 / 1440), 0.9)))

    def _shown_by(self, component: int, alive: set[int], rng: np.random.Generator) -> list[int]:
        if rng.random() < BUSTAGE:
            return [int(rng.choice(self._builds))]
        homes = self._homes[component]
        jobs = self._table.jobs
        related = [number for number in self._tests
                   if number in alive and jobs[number].suite in homes]
        if not related:
            return [int(rng.choice([number for number in self._tests if number in alive]
                                   or self._builds))]
        one = jobs[int(rng.choice(related))]
        where = rng.random()
        if where < OF_ONE_CONFIGURATION:
            related = [each for each in related
                       if (jobs[each].platform, jobs[each].build_type)
                       == (one.platform, one.build_type)]
        elif where < OF_ONE_CONFIGURATION + OF_ONE_FAMILY:
            related = [each for each in related if jobs[each].family == one.family]
        at_home = [each for each in related if self._is_at_home(each, homes)]
        draws = rng.random(len(related)).tolist()
        shown = [each for each, draw in zip(related, draws)
                 if draw < (SHOWS if each in at_home else SHOWS_NEARBY)]
        return shown or [int(rng.choice(at_home or related))]

    def _is_at_home(self, number: int, homes: dict[str, float]) -> bool:
        """Return whether a job of one of the component's suites runs the chunk that tests it."""
        job = self._table.jobs[number]
        assert job.suite is not None
        return job.start <= homes[job.suite] < job.end
