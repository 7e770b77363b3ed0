"""What a decision at a moment is made on, as it was known then; without the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from ...analysis import Problem
from ...domain import JobType, Override, Promotion, Rename, RunCount, Scope, StoredRename
from ...publish.problems import MadeProblem, make_problem, renaming
from ...publish.promotions import promote
from ...store.evidence import EvidenceWindow, NameEvidence
from ...store.evidence.alive import ALIVE_FOR
from .lists import Lists
from .rollup import Counts, Rollup
from .stars import Stars
from .times import MICROSECOND, Integers, micros, moment

ALIVE_MICROS = ALIVE_FOR // MICROSECOND


@dataclass(frozen=True, slots=True)
class Name:
    """What is the same of a job's name at all times."""

    project: str
    build_system: str
    name: str
    job_type: int | None       # its number; None: unparsed
    is_build: bool = False


@dataclass(frozen=True)
class LastDay:
    """What was known, at a moment, of the results of that day, and the tiers of the newest."""

    counts: Counts
    tiers: Integers            # by name; 0: there was no result yet


@dataclass(frozen=True)
class Evidence:
    """What was known of a scope at each of the moments for which it was read.

    Names and job types go by their numbers. Nothing is kept from before `since`, by push time,
    of what sheriffs said.
    """

    scope: Scope
    since: datetime
    names: Sequence[Name]              # by project, build system and name
    job_types: Sequence[JobType]
    rollup: Rollup
    last_days: Mapping[int, LastDay]   # by moment
    lists: Lists
    stars: Stars
    overrides: Sequence[Override] = ()
    renames: Sequence[StoredRename] = ()
    promotions: Mapping[int, Sequence[Promotion]] = field(default_factory=dict)  # by moment
    # By moment, how each witness did until the fix; None: every witness is believed.
    shown: Mapping[int, Mapping[str, Mapping[JobType, RunCount]]] | None = None

    def problem_at(self, at: datetime) -> Problem:
        """Return the problem of a moment: what `gather` reads for it.

        A price for change is left out: what was published then is no evidence.
        Raises ValueError for a moment for which nothing was read, or too little.
        """
        problem = self.made_at(at).problem
        promoted = self.promotions.get(micros(at))
        if not promoted:
            return problem
        return promote(problem, promoted, renaming(self._renames(at), self._window(at))).problem

    def made_at(self, at: datetime) -> MadeProblem:
        """Return the problem before promotions, with what it was made of; ids are our numbers."""
        window = self._window(at)
        moment_at = micros(at)
        last_day = self._last_day(at)
        types, means = self.rollup.durations_at(moment_at, last_day.counts)
        return make_problem(
            window, redundancy=self.scope.redundancy, names=self._names_at(moment_at, last_day),
            witnesses=self.stars.witnesses_at(moment_at, since=micros(window.since)),
            durations_ms={self.job_types[number]: mean
                          for number, mean in zip(types.tolist(), means.tolist())},
            overrides=[each for each in self.overrides if each.is_active(at)],
            renames=self._renames(at),
            shown={} if self.shown is None else self.shown[moment_at],
            totals={} if self.shown is None else self._totals_at(moment_at, window, last_day))

    def ages_at(self, at: datetime) -> dict[str, float]:
        """Return how many days ago each regression of the window first failed in it, as known then.

        Raises ValueError as `problem_at` does.
        """
        window = self._window(at)
        return self.stars.ages_at(micros(at), since=micros(window.since))

    def _totals_at(
        self, at: int, window: EvidenceWindow, last_day: LastDay
    ) -> dict[JobType, RunCount]:
        columns = self.rollup.totals_at(at, last_day.counts, since=micros(window.since))
        return {self.job_types[number]: RunCount(runs, failures)
                for number, runs, failures in zip(*(each.tolist() for each in columns))}

    def _renames(self, at: datetime) -> list[Rename]:
        return [each.rename for each in self.renames if each.is_active(at)]

    def _window(self, at: datetime) -> EvidenceWindow:
        since = at - timedelta(days=self.scope.window_days)
        if since < self.since:
            raise ValueError(
                f"a decision of {at:%Y-%m-%d %H:%M} looks back to {since:%Y-%m-%d %H:%M}, but the "
                f"evidence of {self.scope.name!r} begins {self.since:%Y-%m-%d %H:%M}: read it "
                "from there")
        return EvidenceWindow(self.scope.name, since, at, at)

    def _last_day(self, at: datetime) -> LastDay:
        found = self.last_days.get(micros(at))
        if found is None:
            raise ValueError(
                f"the evidence of {self.scope.name!r} was not read for {at.isoformat()}: name "
                "that moment when it is read")
        return found

    def _names_at(self, at: int, last_day: LastDay) -> list[NameEvidence]:
        """Return what was known of each name that had been seen."""
        seen = self.rollup.seen_at(at, last_day.counts)
        has_list, is_listed, list_tiers = self.lists.newest(at)
        is_alive = np.where(has_list, is_listed, seen.last_at >= at - ALIVE_MICROS)
        tiers = np.where(last_day.tiers > 0, last_day.tiers, np.maximum(list_tiers, 1))
        is_seen = seen.first_seen <= at
        columns = (is_alive, tiers, seen.first_seen, seen.first_listed, seen.first_passed)
        return [
            self._name_evidence(number, *values)
            for number, *values in zip(np.flatnonzero(is_seen).tolist(),
                                       *(each[is_seen].tolist() for each in columns))]

    def _name_evidence(
        self, number: int, is_alive: bool, tier: int, first_seen: int, first_listed: int,
        first_passed: int,
    ) -> NameEvidence:
        each = self.names[number]
        return NameEvidence(
            each.project, each.build_system, each.name, each.job_type,
            None if each.job_type is None else self.job_types[each.job_type], tier, is_alive,
            moment(first_seen), moment(first_listed), moment(first_passed), each.is_build)
