"""How much to ask for at once, and for how long to go on with a source that is slow."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf

from ...errors import SourceTooSlow

READ_TIMEOUT = 310  # seconds; ActiveData's gateway gives up on a query after 300 and says so
SLOW_AFTER = 30     # seconds; a failure that took longer was more than the source can do

FULLNESS = .8       # of the row limit: how full an answer should be
SHRINKING = 8       # after an answer that was too slow
GROWTH = 4          # after one that was well within the limits


@dataclass(frozen=True)
class Patience:
    """The limits on a source that is slow; times in seconds.

    A slice fails when it has waited for its answers for `per_slice` in all, when `time_outs` of
    them were too slow, or when one was that covers no more than `shortest`. With the defaults
    and a time-out of 310 s this is an hour; a source that does not answer at all costs 16
    minutes for the first slice of four hours, and 5 for every later one.
    """

    comfort: float = 75    # what an answer should take
    shortest: float = 240  # a span that is not split because it was too slow
    time_outs: int = 6
    per_slice: float = 3600


@dataclass
class Pace:
    """The span of time to ask for, in seconds, learned from the answers before.

    It grows and shrinks with the time that answers take and with the rows they hold, so that
    neither limit is met in every slice anew.
    """

    patience: Patience
    span: float = inf

    def end_of_part(self, start: float, end: float) -> float:
        return min(end, start + self.span)

    def was_good(self, span: float, *, took: float, rows: int, limit: int) -> None:
        factor = min(GROWTH, self.patience.comfort / max(took, .001),
                     FULLNESS * limit / max(rows, 1))
        if factor >= 1:  # the last part of a slice may be short
            self.span = max(self.span, span * factor)
        else:
            self.span = max(span * max(factor, 1 / GROWTH), min(span, self.patience.shortest))

    def was_full(self, span: float, *, first: float, last: float) -> None:
        """Ask for less: an answer was cut, with rows from `first` to `last` seconds of the span.

        If they are sorted, most of what lies before the last of them fits into an answer, or else
        they lie close together, and what lies before the first of them has no rows.
        """
        self.span = max(1, min(span / 2, max(FULLNESS * last, first)))

    def was_too_slow(self, span: float) -> bool:
        """Ask for less; return False where that is no use any more."""
        shortest = self.patience.shortest
        self.span = min(span, max(span / SHRINKING, shortest))
        return span > shortest


@dataclass
class Spent:
    """What one slice has cost so far."""

    patience: Patience
    seconds: float = 0
    time_outs: list[str] = field(default_factory=list)

    def check(self, what: str) -> None:
        """Raise SourceTooSlow if that is enough."""
        if len(self.time_outs) >= self.patience.time_outs:
            raise SourceTooSlow(
                f"{what}: {len(self.time_outs)} answers were too slow, although each was asked "
                f"for less than the one before; the last one: {self.time_outs[-1]}")
        if self.seconds >= self.patience.per_slice:
            raise SourceTooSlow(
                f"{what}: ActiveData has taken {self.seconds / 60:.0f} minutes for this slice "
                "and is not done")

    @contextmanager
    def on_a_query(self) -> Iterator[None]:
        """Count the time that a query takes, and whether it was too slow."""
        began = time.monotonic()
        try:
            yield
        except SourceTooSlow as error:
            self.time_outs.append(str(error))
            raise
        finally:
            self.seconds += time.monotonic() - began
