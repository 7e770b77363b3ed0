"""Whether an interval or a turn is due at a moment, why, and when it is due next."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..domain import INTERVALS, Cadence, Interval, Priority
from ..domain.plurals import pluralize
from .states import CadenceState, IntervalState
from .turns import STAGGERED, Turn, turns_of


@dataclass(frozen=True, slots=True)
class NextDue:
    """When an interval is due next, whichever comes first."""

    pushes_left: int       # 1: on the next push
    at: datetime | None    # None: it has never run, so there is no time to count from


@dataclass(frozen=True, slots=True)
class IntervalCheck:
    """One interval at a moment, on a push or between two."""

    interval: Interval
    state: IntervalState
    pushes: int       # since it last ran, this one included
    now: datetime
    turns: tuple[()] = ()

    @property
    def is_due(self) -> bool:
        return self.why_due() is not None

    def reason(self, name: str) -> str:
        why = self.why_due()
        return f"{name} is due: {why}" if why else f"{name} is not due: {self.why_not_due()}"

    def why_due(self) -> str | None:
        """Return by which limit it is due, None if it is not."""
        if not self.pushes:
            return None  # it ran on the newest push
        if self.state.last_at is None:
            return "it has never run here"
        if self.pushes >= self.interval.pushes:
            return f"{pluralize(self.pushes, 'push', 'pushes')} since it last ran " \
                f"(limit {self.interval.pushes})"
        if self.state.age(self.now) >= self.interval.time:
            return f"{pluralize(self._minutes, 'minute')} since it last ran " \
                f"(limit {self.interval.minutes})"
        return None

    def why_not_due(self) -> str:
        return (f"{self.pushes} of {pluralize(self.interval.pushes, 'push', 'pushes')}, "
                f"{self._minutes} of {pluralize(self.interval.minutes, 'minute')} "
                "since it last ran")

    def next_due(self) -> NextDue:
        last_at = self.state.last_at
        return NextDue(max(1, self.interval.pushes - self.pushes),
                       None if last_at is None else last_at + self.interval.time)

    def after_it_ran(self) -> NextDue:
        return NextDue(self.interval.pushes, self.now + self.interval.time)

    @property
    def _minutes(self) -> int:
        return self.state.age(self.now) // timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TurnCheck:
    """One turn of a priority at a moment, on a push or between two.

    A turn that did not run when it came, since its schedule failed or the cadence was another one
    then, is due until it has run.
    """

    turn: Turn
    interval: Interval
    state: IntervalState
    pushes: int       # since it last ran, this one included
    position: int     # of this push, or else the newest, after the last backstop
    now: datetime
    _pushes_ago: int = field(init=False)     # when it came last
    why_due: str | None = field(init=False)  # by which rule; None: it is not

    def __post_init__(self) -> None:
        """Reckon once what is asked for several times: who waits for the ledger waits for it."""
        object.__setattr__(
            self, "_pushes_ago", self.turn.pushes_ago(self.position, self.interval))
        object.__setattr__(self, "why_due", self._why_due())

    @property
    def is_due(self) -> bool:
        return self.why_due is not None

    def _why_due(self) -> str | None:
        if not self.pushes:
            return None  # it ran on the newest push
        if self.state.last_at is None:
            return "never ran here"
        if self._pushes_ago < min(self.pushes, self.position):
            return "its turn" if not self._pushes_ago else "still owed"
        if self.state.age(self.now) >= self.interval.time:
            return f"{pluralize(self.interval.minutes, 'minute')} over"
        return None

    def next_due(self) -> NextDue:
        last_at = self.state.last_at
        return NextDue(1 if self.is_due else self._pushes_left,
                       None if last_at is None else last_at + self.interval.time)

    def after_it_ran(self) -> NextDue:
        return NextDue(self._pushes_left, self.now + self.interval.time)

    @property
    def _pushes_left(self) -> int:
        return self.interval.pushes - self._pushes_ago


@dataclass(frozen=True, slots=True)
class StaggeredCheck:
    """An interval whose jobs have turns; due as a whole when all of them are."""

    turns: tuple[TurnCheck, ...]
    interval: Interval
    now: datetime

    @property
    def is_due(self) -> bool:
        return all(each.is_due for each in self.turns)

    def reason(self, name: str) -> str:
        numbers = defaultdict(list)
        for each in self.turns:
            if each.why_due:
                numbers[each.why_due].append(str(each.turn.number))
        count = pluralize(len(self.turns), "turn")
        if not numbers:
            soonest = min(self.turns, key=lambda each: each.next_due().pushes_left)
            return (f"{name} has {count} and none is due: {soonest.turn.number} is next, in "
                    f"{pluralize(soonest.next_due().pushes_left, 'push', 'pushes')}")
        running = "; ".join(f"{_listed(each)} ({why})" for why, each in numbers.items())
        return f"{name} is due, all of its {count}: {running}" if self.is_due else (
            f"{name} is due in part, of its {count}: {running}")

    def next_due(self) -> NextDue:
        return _soonest([each.next_due() for each in self.turns])

    def after_it_ran(self) -> NextDue:
        return _soonest([each.after_it_ran() for each in self.turns])


Checks = Mapping[str, IntervalCheck | StaggeredCheck]


def checks_at(
    cadence: Cadence, states: CadenceState, now: datetime, *, push: int
) -> Checks:
    """Return each interval's check, where `push` is 1 on a push that is not counted yet, else 0."""
    checks: dict[str, IntervalCheck | StaggeredCheck] = {}
    for name in INTERVALS:
        state = getattr(states, name)
        checks[name] = IntervalCheck(getattr(cadence, name), state, state.pushes_since + push, now)
    if cadence.is_staggered:
        position = states.backstop.pushes_since + push
        for priority in STAGGERED:
            checks[priority.interval] = _staggered(
                priority, cadence, states, now, position=position, push=push)
    return checks


def _staggered(
    priority: Priority, cadence: Cadence, states: CadenceState, now: datetime, *, position: int,
    push: int,
) -> StaggeredCheck:
    interval: Interval = getattr(cadence, priority.interval)
    turns = []
    for turn in turns_of(priority, cadence):
        state = states.of_turn(turn)
        turns.append(TurnCheck(
            turn, interval, state, state.pushes_since + push, position, now))
    return StaggeredCheck(tuple(turns), interval, now)


def _soonest(found: Collection[NextDue]) -> NextDue:
    times = [each.at for each in found if each.at is not None]
    return NextDue(min(each.pushes_left for each in found), min(times, default=None))


def _listed(numbers: Sequence[str]) -> str:
    """List numbers as a person does.

    >>> _listed(["1", "2", "5"])
    '1, 2 and 5'
    """
    *most, last = numbers
    return f"{', '.join(most)} and {last}" if most else last
