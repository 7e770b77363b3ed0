"""What each job did day by day, as sorted arrays: one entry for each name and day that it ran on.

What is asked of a moment takes a search for each name, however long the history is.
"""

from dataclasses import dataclass, field

import numpy as np

from ...store.evidence.durations import LAST_DAYS
from .times import DAY, NEVER, Flags, Integers, integers

DAYS = 1 << 20  # more than there are days


@dataclass(frozen=True)
class Counts:
    """Sums over runs; each array has an entry for each name that ran."""

    name: Integers
    runs: Integers
    failures: Integers
    timed: Integers          # runs whose duration is known
    ms: Integers             # of those, together
    first_at: Integers       # when the first result was known
    last_at: Integers

    @property
    def passed(self) -> Flags:
        return self.runs > self.failures


@dataclass(frozen=True)
class Seen:
    """When each name was first seen, and when it last gave a result, as known at a moment."""

    first_seen: Integers     # result or list; NEVER: not yet
    first_listed: Integers
    first_passed: Integers
    last_at: Integers        # -1: no result


@dataclass(frozen=True)
class Rollup:
    """Whole days. Arrays by name and then by day; `type_of` and `first_listed` by name."""

    day: Integers
    counts: Counts
    type_of: Integers        # -1: unparsed
    first_listed: Integers   # NEVER: in no list
    _keys: Integers = field(init=False, repr=False)
    _first_ran: Integers = field(init=False, repr=False)
    _first_passed: Integers = field(init=False, repr=False)
    _types: "TypeDays" = field(init=False, repr=False)

    def __post_init__(self) -> None:
        set_field = object.__setattr__
        counts, names = self.counts, len(self.type_of)
        set_field(self, "_keys", counts.name * DAYS + self.day)
        everything = np.ones(len(self.day), dtype=bool)
        set_field(self, "_first_ran", _first(counts, everything, names))
        set_field(self, "_first_passed", _first(counts, counts.passed, names))
        set_field(self, "_types", TypeDays.of(self))

    def seen_at(self, at: int, last_day: Counts) -> Seen:
        """Return what was known of each name; `last_day` is what of the moment's day was known."""
        midnight = at - at % DAY
        listed = np.where(self.first_listed <= at, self.first_listed, NEVER)
        ran = np.where(self._first_ran < midnight, self._first_ran, NEVER)
        np.minimum.at(ran, last_day.name, last_day.first_at)
        passed = np.where(self._first_passed < midnight, self._first_passed, NEVER)
        np.minimum.at(passed, last_day.name[last_day.passed], last_day.first_at[last_day.passed])
        last_at = self._last_before(midnight // DAY)
        np.maximum.at(last_at, last_day.name, last_day.last_at)
        return Seen(np.minimum(ran, listed), listed, passed, last_at)

    def durations_at(self, at: int, last_day: Counts) -> tuple[Integers, Integers]:
        """Return the job types whose duration is known, and their means in whole milliseconds.

        The mean is over the last 14 days up to the last one on which a job type ran, on any
        project: the rule of store/evidence/durations.py.
        """
        timed, ms = self._types.sums(at // DAY, last_day, self.type_of)
        known = np.flatnonzero(timed)
        return known, _rounded(ms[known], timed[known])

    def totals_at(
        self, at: int, last_day: Counts, *, since: int
    ) -> tuple[Integers, Integers, Integers]:
        """Return the job types that ran on the days from `since`, their runs and their failures."""
        runs, failures = self._types.totals(at // DAY, last_day, self.type_of, since=since // DAY)
        known = np.flatnonzero(runs)
        return known, runs[known], failures[known]

    def _last_before(self, day: int) -> Integers:
        """Return when each name last gave a result before a day; -1 if it gave none."""
        names = np.arange(len(self.type_of))
        place = np.searchsorted(self._keys, names * DAYS + day) - 1
        last_at = np.full(len(names), -1, dtype=np.int64)
        found = place >= 0
        found[found] = self.counts.name[place[found]] == names[found]
        last_at[found] = self.counts.last_at[place[found]]
        return last_at


@dataclass(frozen=True)
class TypeDays:
    """Running sums for each job type, day by day, over all its names."""

    keys: Integers           # job type and day
    runs: Integers           # before each key
    failures: Integers
    timed: Integers
    ms: Integers
    types: int

    @classmethod
    def of(cls, rollup: Rollup) -> "TypeDays":
        counts = rollup.counts
        of_type = rollup.type_of[counts.name]
        parsed = of_type >= 0
        keys, where = np.unique(of_type[parsed] * DAYS + rollup.day[parsed], return_inverse=True)
        types = int(rollup.type_of.max(initial=-1)) + 1
        runs, failures, timed, ms = (
            _running(where, each[parsed], len(keys))
            for each in (counts.runs, counts.failures, counts.timed, counts.ms))
        return cls(keys, runs, failures, timed, ms, types)

    def sums(self, day: int, last_day: Counts, type_of: Integers) -> tuple[Integers, Integers]:
        """Return the timed runs and their milliseconds of each type's last days until a day."""
        types = np.arange(self.types)
        end = np.searchsorted(self.keys, types * DAYS + day)
        newest = np.full(self.types, -1, dtype=np.int64)
        found = end > 0
        found[found] = self.keys[end[found] - 1] // DAYS == types[found]
        newest[found] = self.keys[end[found] - 1] % DAYS
        of_type = type_of[last_day.name]
        parsed = of_type >= 0
        newest[of_type[parsed]] = day
        begin = np.searchsorted(self.keys, types * DAYS + np.maximum(0, newest - LAST_DAYS + 1))
        begin = np.minimum(begin, end)
        timed, ms = self.timed[end] - self.timed[begin], self.ms[end] - self.ms[begin]
        np.add.at(timed, of_type[parsed], last_day.timed[parsed])
        np.add.at(ms, of_type[parsed], last_day.ms[parsed])
        return timed, ms

    def totals(
        self, day: int, last_day: Counts, type_of: Integers, *, since: int
    ) -> tuple[Integers, Integers]:
        """Return the runs and failures of each type on the days from `since` until a day."""
        types = np.arange(self.types) * DAYS
        begin = np.searchsorted(self.keys, types + since)
        end = np.searchsorted(self.keys, types + day)
        runs = self.runs[end] - self.runs[begin]
        failures = self.failures[end] - self.failures[begin]
        of_type = type_of[last_day.name]
        parsed = of_type >= 0
        np.add.at(runs, of_type[parsed], last_day.runs[parsed])
        np.add.at(failures, of_type[parsed], last_day.failures[parsed])
        return runs, failures


def _running(where: Integers, values: Integers, count: int) -> Integers:
    """Return the sums of the values before each place, and of all of them."""
    sums = np.zeros(count + 1, dtype=np.int64)
    np.add.at(sums, where + 1, values)
    return np.cumsum(sums)


def _first(counts: Counts, chosen: Flags, names: int) -> Integers:
    first = np.full(names, NEVER, dtype=np.int64)
    np.minimum.at(first, counts.name[chosen], counts.first_at[chosen])
    return first


def _rounded(total: Integers, count: Integers) -> Integers:
    """Return the quotients in whole numbers, halves to the even one, as `round` does."""
    whole, rest = np.divmod(total, count)
    up = (2 * rest > count) | ((2 * rest == count) & (whole % 2 == 1))
    return integers(whole + up)
