"""A project's pushes, and on which of them each priority runs."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from ...domain import Cadence, Priority
from ..replay import replay

Numbers = npt.NDArray[np.int32]


class Timeline:
    """A project's pushes, and on which of them the cadence runs each priority."""

    def __init__(self, times: Sequence[datetime], cadence: Cadence, *, runs_all: bool = False):
        self.times, self.cadence, self.runs_all = list(times), cadence, runs_all
        places = np.arange(len(self.times), dtype=np.int32)
        ran = list(replay(self.times, cadence))
        self._next: dict[Priority, Numbers] = {}
        self._last: dict[Priority, Numbers] = {}
        self._total: dict[Priority, Numbers] = {}
        for priority in Priority:
            runs = np.array([runs_all or priority in each for each in ran], dtype=bool)
            after = np.where(runs, places, np.int32(len(places)))
            self._next[priority] = np.minimum.accumulate(after[::-1])[::-1]
            self._last[priority] = np.maximum.accumulate(np.where(runs, places, np.int32(-1)))
            self._total[priority] = np.concatenate([[0], np.cumsum(runs)]).astype(np.int32)

    def index_of(self, at: datetime) -> int:
        """Return the index of the first push at this time or after it."""
        return bisect_left(self.times, at)

    def next_run(self, priority: Priority, index: int) -> int | None:
        """Return the first push from this one on that runs a priority; None if none does."""
        if index >= len(self.times):
            return None
        found = int(self._next[priority][index])
        return found if found < len(self.times) else None

    def last_run(self, priority: Priority, index: int) -> int:
        """Return the last push before this one that ran a priority; -1 if none did."""
        return int(self._last[priority][index - 1]) if index else -1

    def runs_between(self, priority: Priority, begin: int, end: int) -> int:
        """Return on how many pushes from `begin` until before `end` a priority runs."""
        return int(self._total[priority][end] - self._total[priority][begin])


class EveryNth(Timeline):
    """The same pushes; priorities 2 and 3 run on every Nth of them, the first being `begin`."""

    def __init__(self, timeline: Timeline, interval: int, begin: int):
        self.times, self.cadence, self.runs_all = (
            timeline.times, timeline.cadence, timeline.runs_all)
        self._interval, self._begin = interval, begin

    def next_run(self, priority: Priority, index: int) -> int | None:
        step = self._step(priority)
        found = index + (self._begin - index) % step
        return found if found < len(self.times) else None

    def last_run(self, priority: Priority, index: int) -> int:
        step = self._step(priority)
        return max(-1, index - 1 - (index - 1 - self._begin) % step)

    def runs_between(self, priority: Priority, begin: int, end: int) -> int:
        step = self._step(priority)
        return len(range(begin + (self._begin - begin) % step, end, step))

    def _step(self, priority: Priority) -> int:
        return 1 if priority is Priority.FIRST else self._interval
