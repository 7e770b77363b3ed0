"""Failures that sheriffs tied to their fix, and what was believed of them at each moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from ...domain import JobType, Witnesses
from .times import DAY, NEVER, Integers, integers, moment


@dataclass(frozen=True, slots=True)
class Star:
    """A failed run that counts as a witness from one time until another."""

    fixed_by: str
    job_type: int              # its number
    pushed_at: int
    begins: int                # both the result and the classification were known
    ends: int                  # another classification counts from then on; NEVER
    is_inferred: bool


class Stars:
    """All stars, by fixing revision and job type; what a moment knew is a choice among them."""

    def __init__(self, stars: Iterable[Star], job_types: Sequence[JobType]):
        ordered = sorted(stars, key=attrgetter("fixed_by", "job_type"))
        self._job_types = job_types
        self._fixes = sorted({each.fixed_by for each in ordered})
        number_of = {fixed_by: number for number, fixed_by in enumerate(self._fixes)}
        self._fix = integers([number_of[each.fixed_by] for each in ordered])
        self._type = integers([each.job_type for each in ordered])
        self._pushed_at = integers([each.pushed_at for each in ordered])
        self._begins = integers([each.begins for each in ordered])
        self._ends = integers([each.ends for each in ordered])
        self._is_inferred = np.array([each.is_inferred for each in ordered], dtype=bool)

    def witnesses_at(self, at: int, *, since: int) -> list[Witnesses]:
        """Return the regressions pushed from `since` until before the moment, as known then.

        The ids of job types are their numbers here.
        """
        known = self._known(at, since)
        found = []
        for fix, places in self._by_fix(known):
            caught_by = {self._job_types[number]: number
                         for number in dict.fromkeys(self._type[places].tolist())}
            found.append(Witnesses(self._fixes[fix], caught_by,
                                   bool(self._is_inferred[places].all()), len(places),
                                   moment(int(self._pushed_at[places].min()))))
        return found

    def ages_at(self, at: int, *, since: int) -> dict[str, float]:
        """Return how many days ago each of these regressions first failed, as known then."""
        return {self._fixes[fix]: (at - int(self._pushed_at[places].min())) / DAY
                for fix, places in self._by_fix(self._known(at, since))}

    def _known(self, at: int, since: int) -> Integers:
        return np.flatnonzero((self._begins <= at) & (at < self._ends)
                              & (since <= self._pushed_at) & (self._pushed_at < at))

    def _by_fix(self, known: Integers) -> Iterable[tuple[int, Integers]]:
        fixes, begins = np.unique(self._fix[known], return_index=True)
        return zip(fixes.tolist(), np.split(known, begins[1:]))


def star(
    fixed_by: str, job_type: int, *, pushed_at: int, known_at: int, classified_at: int,
    outranked_at: int | None = None, is_inferred: bool = False,
) -> Star:
    return Star(fixed_by, job_type, pushed_at, max(known_at, classified_at),
                NEVER if outranked_at is None else outranked_at, is_inferred)
