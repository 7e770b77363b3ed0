"""The job lists: which names could run, as the newest list of each build system said."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .times import Flags, Integers


@dataclass(frozen=True)
class JobList:
    """A list: what it names, with the tiers that it gives."""

    names: Integers
    tiers: Integers


@dataclass(frozen=True)
class Lists:
    """The lists of each (project, build system), by their time."""

    group_of: Integers                       # by name: the number of its project and build system
    seen_at: Sequence[Sequence[int]]         # by group, ascending
    entries: Mapping[tuple[int, int], JobList]  # (group, seen at); those that no moment needs lack

    def newest(self, at: int) -> tuple[Flags, Flags, Integers]:
        """Return what is known of each name: whether it has a list, is in it, and its tier there.

        The tier is 0 where it is in none.
        """
        count = len(self.group_of)
        is_listed = np.zeros(count, dtype=bool)
        tiers = np.zeros(count, dtype=np.int64)
        has_list = np.zeros(len(self.seen_at), dtype=bool)
        for group, times in enumerate(self.seen_at):
            place = bisect_right(times, at)
            if not place:
                continue
            has_list[group] = True
            newest = self.entries[group, times[place - 1]]
            is_listed[newest.names] = True
            tiers[newest.names] = newest.tiers
        return has_list[self.group_of], is_listed, tiers


def needed(seen_at: Sequence[int], moments: Sequence[int]) -> list[int]:
    """Return the places of the lists that are the newest at some of these moments."""
    places = {bisect_right(seen_at, at) - 1 for at in moments}
    return sorted(place for place in places if place >= 0)
