"""A project's pushes, and on which of them each priority runs, or each turn of one."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from ...domain import Cadence, JobType, Priority
from ...ledger.turns import STAGGERED, Turn, spread_of, turns_of
from ..replay import decisions

Numbers = npt.NDArray[np.int32]
Slot = Priority | Turn


class Timeline:
    """A project's pushes, and on which of them the cadence runs each priority.

    Where it is staggered, a job of a low-value priority runs in its turn: that follows from its
    `spread`. Elsewhere that is 0 and says nothing.
    """

    def __init__(self, times: Sequence[datetime], cadence: Cadence, *, runs_all: bool = False):
        self.times, self.cadence, self.runs_all = list(times), cadence, runs_all
        places = np.arange(len(self.times), dtype=np.int32)
        ran = list(decisions(self.times, cadence))
        self._turns = {each: turns_of(each, cadence) for each in STAGGERED}
        self._next: dict[Slot, Numbers] = {}
        self._last: dict[Slot, Numbers] = {}
        self._total: dict[Slot, Numbers] = {}
        slots: list[tuple[Slot, Priority]] = [(each, each) for each in Priority]
        slots += [(turn, each) for each, turns in self._turns.items() for turn in turns]
        for slot, priority in slots:
            runs = np.array([runs_all or priority in each.priorities or slot in each.turns
                             for each in ran], dtype=bool)
            after = np.where(runs, places, np.int32(len(places)))
            self._next[slot] = np.minimum.accumulate(after[::-1])[::-1]
            self._last[slot] = np.maximum.accumulate(np.where(runs, places, np.int32(-1)))
            self._total[slot] = np.concatenate([[0], np.cumsum(runs)]).astype(np.int32)

    def index_of(self, at: datetime) -> int:
        """Return the index of the first push at this time or after it."""
        return bisect_left(self.times, at)

    def spread(self, job_type: JobType) -> int:
        """Return what says in which turn a job type runs; 0 where there are no turns."""
        return spread_of(job_type) if self.cadence.is_staggered else 0

    def next_run(self, priority: Priority, index: int, spread: int = 0) -> int | None:
        """Return the first push from this one on that runs such a job; None if none does."""
        if index >= len(self.times):
            return None
        found = int(self._next[self._slot(priority, spread)][index])
        return found if found < len(self.times) else None

    def last_run(self, priority: Priority, index: int, spread: int = 0) -> int:
        """Return the last push before this one that ran such a job; -1 if none did."""
        return int(self._last[self._slot(priority, spread)][index - 1]) if index else -1

    def runs_between(self, priority: Priority, begin: int, end: int) -> float:
        """Return on how many pushes from `begin` until before `end` a priority runs.

        Of one that has turns, the mean over them: they have about as much to run.
        """
        slots = self._turns.get(priority) or (priority,)
        return sum(int(self._total[slot][end] - self._total[slot][begin])
                   for slot in slots) / len(slots)

    def _slot(self, priority: Priority, spread: int) -> Slot:
        turns = self._turns.get(priority)
        return turns[spread % len(turns)] if turns else priority


class EveryNth(Timeline):
    """The same pushes; priorities 2 and 3 run on every Nth of them, the first being `begin`."""

    def __init__(self, timeline: Timeline, interval: int, begin: int):
        self.times, self.cadence, self.runs_all = (
            timeline.times, timeline.cadence, timeline.runs_all)
        self._interval, self._begin = interval, begin

    def next_run(self, priority: Priority, index: int, spread: int = 0) -> int | None:
        step = self._step(priority)
        found = index + (self._begin - index) % step
        return found if found < len(self.times) else None

    def last_run(self, priority: Priority, index: int, spread: int = 0) -> int:
        step = self._step(priority)
        return max(-1, index - 1 - (index - 1 - self._begin) % step)

    def runs_between(self, priority: Priority, begin: int, end: int) -> float:
        step = self._step(priority)
        return len(range(begin + (self._begin - begin) % step, end, step))

    def _step(self, priority: Priority) -> int:
        return 1 if priority is Priority.FIRST else self._interval
