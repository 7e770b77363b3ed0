"""The turns of a staggered cadence: each low-value job has its own, spread over the pushes.

The jobs of a priority fall into as many turns as its interval has pushes, up to a limit. A turn
comes on the same pushes after every backstop, and each push runs about as much as the others.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Self

from ..domain import Cadence, Interval, JobType, Priority

STAGGERED = (Priority.SECOND, Priority.THIRD)
MOST_TURNS = 20    # of a priority: answers are kept for each combination of turns


@dataclass(frozen=True, order=True, slots=True)
class Turn:
    """One of the parts into which the jobs of a priority fall."""

    priority: Priority
    number: int         # from 1
    of: int

    @property
    def key(self) -> str:
        """The turn as the ledger's rows have it.

        >>> Turn(Priority.SECOND, 3, 5).key, Turn.named("priority_3 7/10").number
        ('priority_2 3/5', 7)
        """
        return f"{self.priority.interval} {self.number}/{self.of}"

    @classmethod
    def named(cls, key: str) -> Self:
        interval, _, part = key.partition(" ")
        number, _, of = part.partition("/")
        return cls(Priority(int(interval.removeprefix("priority_"))), int(number), int(of))

    def has(self, spread: int) -> bool:
        """Return whether a job belongs to it, by the job's number from `spread_of`."""
        return spread % self.of == self.number - 1

    def pushes_ago(self, position: int, interval: Interval) -> int:
        """Return how many pushes ago it came last, 0 for now, at a position after the backstop."""
        return (position - self.number * interval.pushes // self.of) % interval.pushes


@lru_cache(maxsize=256)
def turns_of(priority: Priority, cadence: Cadence) -> tuple[Turn, ...]:
    """Return all turns of a priority; none where all of its jobs run on the same push."""
    if not cadence.is_staggered or priority not in STAGGERED:
        return ()
    interval: Interval = getattr(cadence, priority.interval)
    count = min(interval.pushes, MOST_TURNS)
    return tuple(Turn(priority, number, count) for number in range(1, count + 1))


def spread_of(job_type: JobType | str) -> int:
    """Return the number that says in which turn a job type runs, whatever it is called.

    It is drawn by a hash, and never changes: a job that changed its turn could wait for longer than
    its interval. Chunks of one suite come one after the other, since who breaks one often breaks
    the next. A name without a job type stands for itself.
    """
    if isinstance(job_type, str):
        return _hash(job_type)
    suite = f"{job_type.platform}/{job_type.build_type}-{job_type.test_suite}"
    return _hash(suite) + job_type.chunk


def running_now(turns: Set[Turn]) -> Mapping[Priority, tuple[int, frozenset[int]]]:
    """Return for each priority its number of turns, and which of them are among these, from 0."""
    found: dict[Priority, tuple[int, frozenset[int]]] = {}
    for turn in turns:
        _, numbers = found.get(turn.priority, (turn.of, frozenset()))
        found[turn.priority] = turn.of, numbers | {turn.number - 1}
    return found


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest(), "big")
