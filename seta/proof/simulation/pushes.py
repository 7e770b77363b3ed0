"""When pushes come: by day in working hours, few at the weekend."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha1

import numpy as np

from .shape import START, Shape

WEEKEND = 0.25                  # of a workday's pushes
BUSY_HOUR, SPREAD = 16.0, 5.0   # UTC; hours


@dataclass(frozen=True, slots=True)
class SimulatedPush:
    index: int
    revision: str
    pushed_at: datetime
    day: float          # since the start

    @property
    def push_id(self) -> str:
        return str(self.index + 1)


class PushTimes:
    """The pushes in order, made as far as they are asked for."""

    def __init__(self, shape: Shape, seed: int):
        self._shape, self._seed = shape, seed
        self._days: list[float] = []
        self._next_day = 0

    def push(self, index: int) -> SimulatedPush:
        while index >= len(self._days):
            self._make_day()
        day = self._days[index]
        revision = sha1(f"{self._seed} {index}".encode()).hexdigest()
        return SimulatedPush(index, revision, START + timedelta(days=day), day)

    def first_at(self, day: float) -> int:
        """Return the index of the first push at this time, in days, or after it."""
        while not self._days or self._days[-1] < day:
            self._make_day()
        return int(np.searchsorted(self._days, day))

    def _make_day(self) -> None:
        day = self._next_day
        rng = np.random.default_rng([self._seed, 1, day])
        usual = self._shape.pushes_per_day * (WEEKEND if day % 7 >= 5 else 1.0)
        hours = np.sort(rng.normal(BUSY_HOUR, SPREAD, rng.poisson(usual)) % 24)
        self._days += [day + round(hour * 3600) / 86400 for hour in hours.tolist()]
        self._next_day += 1
