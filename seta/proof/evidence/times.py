"""Times as whole numbers: microseconds and days since 1970, UTC."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ...store.evidence.period import NEVER

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = 86_400_000_000

__all__ = ["DAY", "MICROSECOND", "NEVER", "Flags", "Integers", "integers", "micros", "moment",
           "time"]

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def time(at: int) -> datetime:
    return EPOCH + at * MICROSECOND


@lru_cache(maxsize=100_000)
def moment(at: int) -> datetime | None:
    """Return the time; None for `NEVER`."""
    return None if at == NEVER else time(at)


def integers(values: Any) -> Integers:
    return np.asarray(values, dtype=np.int64)
