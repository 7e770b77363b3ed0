"""The history of a simulated CI: push after push, the jobs that ran there, and who starred what."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha1

import numpy as np

from ...domain import Classification
from .jobs import JobTable, Numbers
from .pushes import PushTimes, SimulatedPush
from .regressions import Breaker, SimulatedRegression
from .shape import Shape

QUEUE_SECONDS = 120.0, 5400.0       # from the push until a job starts
NOISE = 0.15                        # of a run's duration, lognormal
STAR_HOURS, STAR_SPREAD = 1.0, 1.0  # from the fix until a failure is starred, lognormal
NAMED = 0.9                         # share of chance failures that are starred as intermittent
TREE, OUTCOMES, STARS = 1, 2, 3     # what a random number generator is for


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed run: what broke it, and how it is starred. `cause` None: chance."""

    cause: SimulatedRegression | None
    classification: Classification
    starred_at: datetime | None = None
    fixed_by: str | None = None


@dataclass(frozen=True)
class Ran:
    """The runs of some jobs on one push; arrays in the order of `jobs`."""

    push: SimulatedPush
    jobs: Numbers                    # their numbers
    started_seconds: Numbers         # after the push
    duration_ms: Numbers
    failures: dict[int, Failure]     # by the number of the job


class Simulation:
    """A CI of one project, from one seed.

    The caller takes push after push, says which jobs run on it, and may run others on it later.
    A regression is found when a job fails for it, noticed after a while, and fixed by a push.
    """

    def __init__(self, shape: Shape, seed: int = 1):
        self.shape, self.seed = shape, seed
        self.table = JobTable(shape, np.random.default_rng([seed, 0]))
        self.regressions: list[SimulatedRegression] = []
        self._times = PushTimes(shape, seed)
        self._breaker = Breaker(shape, self.table, np.random.default_rng([seed, 0, 1]))
        self._in_tree: list[SimulatedRegression] = []
        self._next = 0

    def pushes(self) -> Iterator[SimulatedPush]:
        """Yield the pushes in order; what breaks on a push is settled when it is yielded."""
        return self.pushes_until(self.shape.days)

    def pushes_until(self, day: float) -> Iterator[SimulatedPush]:
        """Yield the next pushes, those before a day."""
        while (push := self._times.push(self._next)).day < day:
            self._next += 1
            rng = np.random.default_rng([self.seed, TREE, push.index])
            rate = self.shape.regressions_per_day / self.shape.pushes_per_day
            for _ in range(rng.poisson(rate)):
                made = self._breaker.make(len(self.regressions), push.index, push.day, rng)
                self.regressions.append(made)
                self._in_tree.append(made)
            self._in_tree = [each for each in self._in_tree if each.is_in(push.index)]
            yield push

    def imagined(self, day: float, rng: np.random.Generator) -> SimulatedRegression:
        """Return a regression as it might land on a day; it is in no tree."""
        return self._breaker.make(-1, -1, day, rng)

    def push(self, index: int) -> SimulatedPush:
        return self._times.push(index)

    def run(self, push: SimulatedPush, jobs: Numbers | None = None, *, attempt: int = 0) -> Ran:
        """Run jobs on a push, all by default, and star what failed.

        A job's outcome depends on the push, the attempt and what is in the tree alone.
        """
        alive = self.table.alive(push.day)
        chosen = alive if jobs is None else np.intersect1d(alive, jobs)
        rng = np.random.default_rng([self.seed, OUTCOMES, push.index, attempt])
        count = len(self.table)
        started = rng.uniform(*QUEUE_SECONDS, count)
        duration = self.table.seconds * rng.lognormal(0, NOISE, count)
        fails, shows = rng.random(count) < self.table.flakes, rng.random(count)
        ended = push.day + (started + duration) / 86400
        broken = self._broken_by(push, set(chosen.tolist()), shows)
        for job, cause in sorted(broken.items(), key=lambda each: ended[each[0]]):
            self._find(cause, job, push, float(ended[job]))
        failed = sorted({*broken, *chosen[fails[chosen]].tolist()})
        stars = np.random.default_rng([self.seed, STARS, push.index, attempt])
        draws = stars.random((count, 3))
        return Ran(
            push, chosen, np.round(started[chosen]), np.round(duration[chosen] * 1000),
            {job: self._star(broken.get(job), push, float(ended[job]), draws[job])
             for job in failed})

    def _broken_by(
        self, push: SimulatedPush, chosen: set[int], shows: Numbers
    ) -> dict[int, SimulatedRegression]:
        """Return the jobs that fail because of what is in the tree, with the first cause."""
        found: dict[int, SimulatedRegression] = {}
        newest = self._next - 1
        known = self._in_tree if push.index == newest else self.regressions
        for each in known:
            if each.is_in(push.index):
                for job in each.witnesses.keys() & chosen:
                    if shows[job] < each.witnesses[job]:
                        found.setdefault(job, each)
        return found

    def _find(
        self, cause: SimulatedRegression, job: int, push: SimulatedPush, day: float
    ) -> None:
        """Let a failure tell of its cause, unless an earlier one did; the fix comes after it."""
        if cause.found_day is not None:
            return
        cause.found_day, cause.found_by, cause.found_on = day, job, push.index
        index = self._times.first_at(day + cause.notice_days + cause.fix_days)
        cause.fixed = max(index, push.index + 1, cause.landed + 1)
        cause.fixed_by = sha1(f"{self.seed} fix {cause.number}".encode()).hexdigest()

    def _star(
        self, cause: SimulatedRegression | None, push: SimulatedPush, ended: float, draws: Numbers
    ) -> Failure:
        is_wrong = False
        named = cause
        if cause is None and draws[0] < self.shape.mis_starred:
            named = self._just_found(push, ended)
            is_wrong = named is not None
        hours = STAR_HOURS * float(np.exp(STAR_SPREAD * _normal(draws[1], draws[2])))
        if named is None:
            if draws[0] >= NAMED + self.shape.mis_starred * (1 - NAMED):
                return Failure(None, Classification.NOT_CLASSIFIED)
            return Failure(None, Classification.INTERMITTENT,
                           _time(push, ended + hours / 24))
        if not is_wrong and draws[0] < self.shape.unstarred:
            return Failure(cause, Classification.NOT_CLASSIFIED)
        assert named.fixed is not None and named.fixed_by is not None
        day = max(ended, self._times.push(named.fixed).day) + hours / 24
        named.stars += not is_wrong
        return Failure(cause, Classification.FIXED_BY_COMMIT, _time(push, day), named.fixed_by)

    def _just_found(self, push: SimulatedPush, ended: float) -> SimulatedRegression | None:
        """Return the regression that a hasty sheriff blames: the newest that is known by then."""
        known = [each for each in self._in_tree
                 if each.found_day is not None and each.found_day <= ended]
        return known[-1] if known else None


def _normal(one: float, other: float) -> float:
    """Return a normal number from two uniform ones (G. E. P. Box and M. E. Muller, 1958)."""
    return float(np.sqrt(-2 * np.log(1 - one)) * np.cos(2 * np.pi * other))


def _time(push: SimulatedPush, day: float) -> datetime:
    return push.pushed_at + timedelta(days=day - push.day)
