"""What came to light in the end: pushes, and the regressions with everything that showed them."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from statistics import quantiles

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from ...domain import Cadence, JobType, Priority, Project, Scope
from ...store.curation.projects import projects
from ...store.evidence import EvidenceWindow
from ...store.evidence.failures import StarredFailure, starred_failures
from ...store.results.pushes import push_times
from ..replay import replay


@dataclass(frozen=True, slots=True)
class LaterRegression:
    """A regression as it is known in the end, on the project on which it showed first.

    A failure on another project says nothing of when it would have been found on this one.
    """

    fixed_by: str
    project: str
    first_at: datetime                        # its first failing push
    known_at: datetime                        # when the first failure was starred with its fix
    witnesses: dict[JobType, datetime]        # the first push on which each failed


class Timeline:
    """A project's pushes, and on which of them the cadence runs each priority."""

    def __init__(self, times: Sequence[datetime], cadence: Cadence, *, runs_all: bool = False):
        self.times, self.cadence, self.runs_all = list(times), cadence, runs_all
        count = len(self.times)
        ran = list(replay(self.times, cadence))
        self._next: dict[Priority, npt.NDArray[np.int64]] = {}
        self._total: dict[Priority, npt.NDArray[np.int64]] = {}
        for priority in Priority:
            runs = np.array([runs_all or priority in each for each in ran], dtype=bool)
            where = np.where(runs, np.arange(count), count)
            self._next[priority] = np.minimum.accumulate(where[::-1])[::-1]
            self._total[priority] = np.concatenate([[0], np.cumsum(runs)])

    def index_of(self, at: datetime) -> int:
        """Return the index of the first push at this time or after it."""
        return bisect_left(self.times, at)

    def next_run(self, priority: Priority, index: int) -> int | None:
        """Return the first push from this one on that runs a priority; None if none does."""
        if index >= len(self.times):
            return None
        found = int(self._next[priority][index])
        return found if found < len(self.times) else None

    def runs_between(self, priority: Priority, begin: int, end: int) -> int:
        """Return on how many pushes from `begin` until before `end` a priority runs."""
        return int(self._total[priority][end] - self._total[priority][begin])


@dataclass(frozen=True)
class Period:
    """The pushes and regressions from a cut-off until the next one."""

    begin: datetime
    end: datetime
    regressions: tuple[LaterRegression, ...]
    timelines: Mapping[str, Timeline]


@dataclass(frozen=True)
class History:
    """What a scope's data says in the end."""

    scope: Scope
    projects: dict[str, Project]
    timelines: dict[str, Timeline]
    failures: tuple[StarredFailure, ...]
    regressions: tuple[LaterRegression, ...]    # by their first failing push
    until: datetime
    star_delay: timedelta                       # the 95th percentile

    def ages_at(self, at: datetime) -> dict[str, float]:
        """Return how many days old each regression was, by what was starred by then."""
        known = regressions_of(each for each in self.failures if each.classified_at <= at)
        return {each.fixed_by: (at - each.first_at) / timedelta(days=1) for each in known}

    def period(
        self, begin: datetime, end: datetime, *, known_fixes: Collection[str] = ()
    ) -> Period:
        """Return the pushes and the regressions that came from `begin` until before `end`.

        A regression belongs to the period of its first failing push, whenever it was starred. Left
        out are those too young, those on projects where everything runs, and those whose fixing
        revision was known at `begin`.
        """
        return Period(begin, end, tuple(
            each for each in self.regressions
            if begin <= each.first_at < end and each.fixed_by not in self.too_young
            and each.fixed_by not in known_fixes
            and not self.timelines[each.project].runs_all), self.timelines)

    @cached_property
    def too_young(self) -> frozenset[str]:
        """The regressions that came so late that failures of theirs may not be starred yet."""
        limit = self.until - self.star_delay
        return frozenset(each.fixed_by for each in self.regressions if each.first_at >= limit)


def read_history(session: Session, scope: Scope, *, since: datetime, until: datetime) -> History:
    """Read the pushes and regressions of a scope, as they are known at `until`."""
    window = EvidenceWindow(scope.name, since=since, as_of=until, known_by=until)
    failures = tuple(starred_failures(session, window))
    known = {project.name: project for project in projects(session, scope.name)}
    timelines = {
        name: Timeline(push_times(session, name, since=since, until=until), project.cadence,
                       runs_all=not project.is_integration)
        for name, project in known.items()}
    return History(scope, known, timelines, failures, regressions_of(failures), until,
                   star_delay_of(failures))


def regressions_of(failures: Iterable[StarredFailure]) -> tuple[LaterRegression, ...]:
    """Return the regressions behind failures: one for each fixing revision, over all projects."""
    by_fix: dict[str, list[StarredFailure]] = defaultdict(list)
    for failure in failures:
        by_fix[failure.fixed_by].append(failure)
    found = [_regression(fixed_by, seen) for fixed_by, seen in by_fix.items()]
    return tuple(sorted(found, key=lambda each: (each.first_at, each.fixed_by)))


def _regression(fixed_by: str, failures: list[StarredFailure]) -> LaterRegression:
    first = min(failures, key=lambda each: (each.pushed_at, each.project))
    witnesses: dict[JobType, datetime] = {}
    for failure in failures:
        if failure.project == first.project:
            witnesses[failure.job_type] = min(
                failure.pushed_at, witnesses.get(failure.job_type, failure.pushed_at))
    return LaterRegression(fixed_by, first.project, first.pushed_at,
                           min(each.classified_at for each in failures), witnesses)


def star_delay_of(failures: Iterable[StarredFailure]) -> timedelta:
    """Return how long a star takes after the failure is known: the 95th percentile."""
    delays = [max(0.0, (each.classified_at - each.known_at).total_seconds()) for each in failures]
    if len(delays) < 2:
        return timedelta(seconds=delays[0] if delays else 0)
    return timedelta(seconds=quantiles(delays, n=20, method="inclusive")[-1])
