"""When each interval and turn of a cadence last ran."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..domain import INTERVALS
from .turns import Turn


@dataclass(frozen=True, slots=True)
class IntervalState:
    """The last push on which the jobs of an interval really ran, and what has come since.

    A schedule that failed does not count: the caller passes the run before it, so that the jobs
    stay owed.
    """

    last_at: datetime | None  # time of that push, aware; None: there was none yet
    pushes_since: int = 0     # rows of the ledger after it, the push in question not counted

    def __post_init__(self) -> None:
        if self.pushes_since < 0:
            raise ValueError(f"pushes_since must not be negative: {self.pushes_since}")

    def later(self) -> "IntervalState":
        """Return the state after one more push on which they did not run."""
        return replace(self, pushes_since=self.pushes_since + 1)

    def age(self, now: datetime) -> timedelta:
        """Return the time since that push, or zero if the clock went back."""
        if self.last_at is None:
            return timedelta()
        return max(timedelta(), now - self.last_at)


@dataclass(frozen=True, slots=True)
class CadenceState:
    """The state of each interval of one project; `backstop` is of the last push that ran all.

    `turns` are the turns of a staggered cadence, by their keys, that ran after their priority last
    ran as a whole.
    """

    priority_2: IntervalState
    priority_3: IntervalState
    backstop: IntervalState
    turns: Mapping[str, IntervalState] = field(default_factory=dict)

    def of_turn(self, turn: Turn) -> IntervalState:
        whole: IntervalState = getattr(self, turn.priority.interval)
        return self.turns.get(turn.key, whole)

    def after(self, pushed_at: datetime, ran: Collection[str]) -> "CadenceState":
        """Return the state after a push that counts, on which these intervals and turns ran."""
        states: dict[str, IntervalState] = {}
        for interval in INTERVALS:
            before: IntervalState = getattr(self, interval)
            states[interval] = IntervalState(pushed_at) if interval in ran else before.later()
        turns = {key: state.later() for key, state in self.turns.items()}
        turns |= {key: IntervalState(pushed_at) for key in ran if key not in INTERVALS}
        return CadenceState(**states, turns={
            key: state for key, state in turns.items() if interval_of(key) not in ran})


NEVER_RAN = CadenceState(IntervalState(None), IntervalState(None), IntervalState(None))


def interval_of(key: str) -> str:
    """Return the interval that a turn's key belongs to."""
    return key.partition(" ")[0]
