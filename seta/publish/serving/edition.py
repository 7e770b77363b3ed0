"""How long everything that is served from memory stays as it is, and the answers of that time."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from threading import Lock
from typing import Any

from ...config import Settings
from .refusals import turning_points
from .state import State


MOST_ANSWERS = 200         # of one edition: clients may add any parameter to a question
MOST_BYTES = 4 << 20


class Answers:
    """The answers that were given last, by question; they take no more than MOST_BYTES."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[Any, int]] = {}
        self._bytes = 0
        self._lock = Lock()

    def get(self, question: Hashable) -> Any | None:
        found = self._kept.get(question)
        return found and found[0]

    def keep(self, question: Hashable, answer: Any, *, size: int) -> None:
        """Keep an answer of this many bytes; the oldest ones make room for it."""
        if size > MOST_BYTES:
            return
        with self._lock:
            self._drop(question)
            self._kept[question] = answer, size
            self._bytes += size
            while self._bytes > MOST_BYTES or len(self._kept) > MOST_ANSWERS:
                self._drop(next(iter(self._kept)))

    def _drop(self, question: Hashable) -> None:
        _, size = self._kept.pop(question, (None, 0))
        self._bytes -= size


@dataclass(frozen=True, eq=False)
class Edition:
    """A span of time, without its ends, in which no list changes and none goes stale.

    It ends where something else is published, a project is changed, a list goes stale or fresh,
    or the date (UTC) changes.
    """

    state: State
    begins: datetime
    ends: datetime
    answers: Answers = field(default_factory=Answers)   # what its readers want to keep

    @classmethod
    def at(cls, state: State, now: datetime, *, settings: Settings) -> "Edition":
        midnight = datetime.combine(now.date(), time(), now.tzinfo)
        turns = [midnight, midnight + timedelta(days=1), *_turning_points(state, settings)]
        return cls(state, begins=max(turn for turn in turns if turn <= now),
                   ends=min(turn for turn in turns if turn > now))

    def holds(self, state: State, now: datetime) -> bool:
        return self.state is state and self.begins < now < self.ends


def _turning_points(state: State, settings: Settings) -> Iterable[datetime]:
    for facts in state.projects.values():
        yield from turning_points(facts, settings=settings)
