"""What came to light in the end: pushes, and the regressions with everything that showed them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from statistics import quantiles

from sqlalchemy.orm import Session

from ...domain import Interval, JobType, Project, Scope
from ...ledger.audits import audited
from ...store.curation.projects import projects
from ...store.evidence import EvidenceWindow
from ...store.evidence.failures import StarredFailure, starred_failures
from ...store.evidence.passes import Failing, last_passes
from ...store.results.pushes import push_times
from ..evidence import SimulationRecorder
from .timelines import Timeline

HORIZON = timedelta(days=60)   # how old a set may get


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
    # The last push before the first failing one on which a witness that failed there passed; the
    # culprit came after it. None: not known.
    last_pass: datetime | None = None

    def suspects(self, timeline: Timeline) -> range:
        """Return the pushes that may have broken it; the last one is the first failing push."""
        first = timeline.index_of(self.first_at)
        if self.last_pass is None:
            return range(first, first + 1)
        return range(min(first, timeline.index_of(self.last_pass) + 1), first + 1)


@dataclass(frozen=True)
class Period:
    """The pushes and regressions from a cut-off until the next one."""

    begin: datetime
    end: datetime
    regressions: tuple[LaterRegression, ...]
    timelines: Mapping[str, Timeline]
    within: Interval | None = None     # what counts as soon; None: priority 2 of the project
    later: tuple[LaterRegression, ...] = ()    # those of the weeks after it: the set gets older


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
    # Of the audited regressions: with which chance each was to be one. None: there are none.
    chances: Mapping[str, float] | None = None

    def ages_at(self, at: datetime) -> dict[str, float]:
        """Return how many days old each regression was, by what was starred by then."""
        known = regressions_of(each for each in self.failures if each.classified_at <= at)
        return {each.fixed_by: (at - each.first_at) / timedelta(days=1) for each in known}

    def period(
        self, begin: datetime, end: datetime, *, known_fixes: Collection[str] = (),
        within: Interval | None = None,
    ) -> Period:
        """Return the pushes and the regressions that came from `begin` until before `end`.

        A regression belongs to the period of its first failing push, whenever it was starred. Left
        out are those too young, those on projects where everything runs, and those whose fixing
        revision was known at `begin`.
        """
        came = [each for each in self.regressions
                if begin <= each.first_at < max(end, begin + HORIZON)
                and each.fixed_by not in self.too_young and each.fixed_by not in known_fixes
                and not self.timelines[each.project].runs_all]
        return Period(begin, end, tuple(each for each in came if each.first_at < end),
                      self.timelines, within, tuple(each for each in came if each.first_at >= end))

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
    regressions = regressions_of(failures)
    passed = last_passes(session, [each for regression in regressions
                                   for each in _first_failing(regression)], known_by=until)
    return History(scope, known, timelines, failures, with_passes(regressions, passed), until,
                   star_delay_of(failures), audited(session, scope.name) or None)


def recorded_history(
    recorder: SimulationRecorder, scope: Scope, project: Project, *, until: datetime
) -> History:
    """Return the pushes and regressions of a recorded simulation, as they are known at `until`."""
    failures = tuple(each for each in recorder.starred
                     if each.pushed_at < until and max(each.known_at, each.classified_at) <= until)
    times = [at for at in sorted(recorder.push_times) if at < until]
    regressions = with_passes(regressions_of(failures), recorder.last_passes)
    return History(scope, {project.name: project},
                   {project.name: Timeline(times, project.cadence)}, failures, regressions, until,
                   star_delay_of(failures))


def with_passes(
    regressions: Iterable[LaterRegression], passed: Mapping[Failing, datetime]
) -> tuple[LaterRegression, ...]:
    """Return the regressions with the last pass of a witness of the first failing push.

    Of several witnesses that failed there the latest pass counts: it was not in the tree then.
    """
    return tuple(
        replace(each, last_pass=max(
            (passed[failing] for failing in _first_failing(each) if failing in passed),
            default=None))
        for each in regressions)


def _first_failing(regression: LaterRegression) -> list[Failing]:
    return [Failing(regression.project, job_type, at)
            for job_type, at in regression.witnesses.items() if at == regression.first_at]


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
