"""How long everything that is served from memory stays as it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from ...config import Settings
from .refusals import turning_points
from .state import State


@dataclass(frozen=True, eq=False)
class Edition:
    """A span of time, without its ends, in which no list changes and none goes stale.

    It ends where something else is published, a project is changed, a list goes stale or fresh,
    or the date (UTC) changes.
    """

    state: State
    begins: datetime
    ends: datetime
    answers: dict[Any, Any] = field(default_factory=dict)   # whatever its readers want to keep

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
