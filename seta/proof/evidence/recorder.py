"""Evidence written down run by run, without a database."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import numpy as np

from ...domain import JobType, Override, Scope, StoredRename
from ...names import parse
from .evidence import Evidence, LastDay, Name
from .lists import JobList, Lists, needed
from .rollup import Counts, Rollup
from .stars import Star, Stars
from .times import DAY, NEVER, Flags, Integers, integers, micros

FIRST = datetime(1, 1, 1, tzinfo=UTC)
ALL_TIERS = 1


class Recorder:
    """Takes what a CI did, in any order, and gives the evidence of it at any time.

    Only the sums of each day are kept, and what of it was known at each of the moments. All jobs
    are of tier 1, and every witness is believed, as without `SETA_WEIGH_WITNESSES`.
    """

    def __init__(self, scope: Scope, moments: Iterable[datetime]):
        self._scope = scope
        self._moments = sorted({micros(at) for at in moments})
        self._on_day: dict[int, list[int]] = defaultdict(list)
        for at in self._moments:
            self._on_day[at // DAY].append(at)
        self._names: dict[tuple[str, str, str], int] = {}
        self._known: list[Name] = []
        self._types: dict[JobType, int] = {}
        self._days: dict[int, _Sums] = defaultdict(_Sums)
        self._parts: dict[int, _Sums] = defaultdict(_Sums)
        self._lists: dict[tuple[str, str], dict[int, Integers]] = defaultdict(dict)
        self._stars: list[Star] = []
        self.overrides: list[Override] = []
        self.renames: list[StoredRename] = []

    def number(self, project: str, build_system: str, name: str) -> int:
        """Return the number of a name, which is parsed when it comes for the first time."""
        key = project, build_system, name
        if key not in self._names:
            self._names[key] = len(self._known)
            job_type = parse(name, build_system, project)
            self._known.append(Name(
                project, build_system, name,
                None if job_type is None else self._types.setdefault(job_type, len(self._types))))
        return self._names[key]

    def add_list(
        self, project: str, build_system: str, seen_at: datetime, names: Iterable[int]
    ) -> None:
        self._lists[project, build_system][micros(seen_at)] = integers(sorted(names))

    def add_runs(
        self, names: Integers, *, known_at: Integers, duration_ms: Integers, failed: Flags
    ) -> None:
        """Add a run of each of these names, which differ, with when its result was known."""
        days = known_at // DAY
        for day in np.unique(days).tolist():
            here = days == day
            self._days[day].add(names[here], known_at[here], duration_ms[here], failed[here])
            for at in self._on_day.get(day, ()):
                known = here & (known_at <= at)
                if known.any():
                    self._parts[at].add(names[known], known_at[known], duration_ms[known],
                                        failed[known])

    def add_star(self, star: Star) -> None:
        """Add a failure that somebody tied to its fix; its job type is a number of ours."""
        self._stars.append(star)

    def type_of(self, name: int) -> int | None:
        return self._known[name].job_type

    def job_type(self, number: int) -> JobType:
        return list(self._types)[number]

    def evidence(self) -> Evidence:
        """Return the evidence of what was added so far."""
        order = sorted(self._names)
        place = np.zeros(len(order), dtype=np.int64)   # from our numbers to those of the evidence
        place[[self._names[key] for key in order]] = np.arange(len(order))
        names = [self._known[self._names[key]] for key in order]
        type_of = integers([-1 if each.job_type is None else each.job_type for each in names])
        rollup, first_ran = self._rollup(place, type_of)
        last_days = {
            at: LastDay(self._parts.get(at, NOTHING).counts(place),
                        np.where(first_ran <= at, ALL_TIERS, 0))
            for at in self._moments}
        return Evidence(
            self._scope, FIRST, names, list(self._types), rollup, last_days,
            self._lists_of(order, place), Stars(self._stars, list(self._types)),
            tuple(self.overrides), tuple(self.renames))

    def _rollup(self, place: Integers, type_of: Integers) -> tuple[Rollup, Integers]:
        days = sorted(self._days)
        parts = [self._days[day].counts(place) for day in days]
        day = np.repeat(integers(days), [len(each.name) for each in parts])
        columns = [np.concatenate([getattr(each, field) for each in parts] or [integers([])])
                   for field in Counts.__dataclass_fields__]
        sorted_by = np.lexsort((day, columns[0]))
        counts = Counts(*(column[sorted_by] for column in columns))
        first_ran = np.full(len(place), NEVER, dtype=np.int64)
        np.minimum.at(first_ran, counts.name, counts.first_at)
        first_listed = np.full(len(place), NEVER, dtype=np.int64)
        for lists in self._lists.values():
            for seen_at, listed in lists.items():
                np.minimum.at(first_listed, place[listed], seen_at)
        return Rollup(day[sorted_by], counts, type_of, first_listed), first_ran

    def _lists_of(self, order: Sequence[tuple[str, str, str]], place: Integers) -> Lists:
        groups: dict[tuple[str, str], int] = {}
        group_of = [groups.setdefault(key[:2], len(groups)) for key in order]
        seen_at = [sorted(self._lists.get(key, ())) for key in groups]
        entries = {}
        for key, group in groups.items():
            times = seen_at[group]
            for at in (times[number] for number in needed(times, self._moments)):
                listed = np.sort(place[self._lists[key][at]])
                entries[group, at] = JobList(listed, np.full(len(listed), ALL_TIERS))
        return Lists(integers(group_of), seen_at, entries)


class _Sums:
    """What each name did on a day, or on a part of it; arrays by name."""

    def __init__(self) -> None:
        self._runs, self._failures, self._ms = np.zeros((3, 0), dtype=np.int64)
        self._first_at, self._last_at = np.zeros((2, 0), dtype=np.int64)

    def add(
        self, names: Integers, known_at: Integers, duration_ms: Integers, failed: Flags
    ) -> None:
        self._make_room_for(int(names.max()) + 1)
        self._runs[names] += 1
        self._failures[names] += failed
        self._ms[names] += duration_ms
        self._first_at[names] = np.minimum(self._first_at[names], known_at)
        self._last_at[names] = np.maximum(self._last_at[names], known_at)

    def counts(self, place: Integers) -> Counts:
        """Return the sums of the names that ran, under the numbers that they have in `place`."""
        ran = np.flatnonzero(self._runs)
        runs = self._runs[ran]
        return Counts(place[ran], runs, self._failures[ran], runs, self._ms[ran],
                      self._first_at[ran], self._last_at[ran])

    def _make_room_for(self, count: int) -> None:
        more = count - len(self._runs)
        if more > 0:
            self._runs, self._failures, self._ms, self._first_at, self._last_at = (
                np.concatenate([known, np.full(more, nothing, dtype=np.int64)])
                for known, nothing in ((self._runs, 0), (self._failures, 0), (self._ms, 0),
                                       (self._first_at, NEVER), (self._last_at, -1)))


NOTHING = _Sums()
