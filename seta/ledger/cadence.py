"""Which priorities run on a push, and when the others are due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..domain import INTERVALS, Cadence, Interval, Priority

EVERYTHING = frozenset(Priority)
LOW_VALUE = EVERYTHING - {Priority.FIRST}


@dataclass(frozen=True, slots=True)
class IntervalState:
    """What is known of the last push on which the jobs of an interval were really scheduled.

    A run that failed to be scheduled was none: who asks passes the one before it, so that the
    run stays owed.
    """

    last_at: datetime | None  # time of that push, aware; None: there was none yet
    pushes_since: int = 0     # rows of the ledger after it, the push in question not counted

    def __post_init__(self):
        if self.pushes_since < 0:
            raise ValueError(f"{self.pushes_since} pushes cannot have come since")

    def age(self, now: datetime) -> timedelta:
        """Return the time since; none for a clock that went back."""
        if self.last_at is None:
            return timedelta()
        return max(timedelta(), now - self.last_at)


@dataclass(frozen=True, slots=True)
class CadenceState:
    """The state of each interval of one project; `backstop` is of the last push that ran all."""

    priority_2: IntervalState
    priority_3: IntervalState
    backstop: IntervalState


@dataclass(frozen=True, slots=True)
class NextDue:
    """When an interval is due next, whichever comes first."""

    pushes_left: int       # 1: on the next push
    at: datetime | None    # None: it has never run, so there is no time to count from


@dataclass(frozen=True)
class CadenceDecision:
    """What runs, why, and when the rest does; the keys are those of `INTERVALS`."""

    priorities: frozenset[Priority]  # priority 1 is always among them on a push
    is_full: bool                    # everything runs, for whatever reason
    is_backstop: bool                # everything runs because the backstop is due
    reasons: tuple[str, ...]         # one sentence for each key, in that order
    next_due: Mapping[str, NextDue]  # counted from this push


def due_on_push(pushed_at: datetime, cadence: Cadence, states: CadenceState) -> CadenceDecision:
    """Say what runs on a push that comes after all that the states count.

    An interval is due on exactly the so-manyth push since it last ran, at exactly so many minutes,
    or when it never ran. The backstop runs everything, and everything then counts from here.
    """
    intervals = _intervals(cadence, states)
    late = {name: _lateness(interval, state, state.pushes_since + 1, pushed_at)
            for name, (interval, state) in intervals.items()}
    running = _running(late)
    return CadenceDecision(
        priorities=running | {Priority.FIRST},
        is_full=running >= LOW_VALUE,
        is_backstop=late["backstop"] is not None,
        reasons=tuple(
            _reason(name, late[name], *intervals[name], pushed_at) for name in intervals),
        next_due={name: _next_due(*intervals[name], pushed_at, _runs(name, running))
                  for name in intervals},
    )


def owed(now: datetime, cadence: Cadence, states: CadenceState) -> CadenceDecision:
    """Say what is due although no push came: the tail of a burst is tested too.

    Only what a push left out is owed: an interval that ran on the newest push is not. Priority 1
    ran on every push and is owed only with the backstop.
    """
    intervals = _intervals(cadence, states)
    late = {name: (_lateness(interval, state, state.pushes_since, now)
                   if state.pushes_since else None)
            for name, (interval, state) in intervals.items()}
    running = _running(late)
    is_backstop = late["backstop"] is not None
    return CadenceDecision(
        priorities=running | {Priority.FIRST} if is_backstop else running,
        is_full=is_backstop,
        is_backstop=is_backstop,
        reasons=tuple(
            _reason(name, late[name], *intervals[name], now, push=0) for name in intervals),
        next_due={name: NextDue(max(1, interval.pushes - state.pushes_since),
                                state.last_at and state.last_at + interval.time)
                  for name, (interval, state) in intervals.items()},
    )


def _intervals(
    cadence: Cadence, states: CadenceState
) -> dict[str, tuple[Interval, IntervalState]]:
    return {name: (getattr(cadence, name), getattr(states, name)) for name in INTERVALS}


def _lateness(interval: Interval, state: IntervalState, pushes: int, now: datetime) -> str | None:
    """Say by what an interval is due; None when it is not."""
    if state.last_at is None:
        return "it has never run here"
    if pushes >= interval.pushes:
        return f"push {pushes} since it last ran, of {interval.pushes}"
    if state.age(now) >= interval.time:
        return f"{_minutes(state.age(now))} minutes since it last ran, of {interval.minutes}"
    return None


def _running(late: Mapping[str, str | None]) -> frozenset[Priority]:
    if late["backstop"] is not None:
        return EVERYTHING
    return frozenset(each for each in LOW_VALUE if late[each.interval] is not None)


def _runs(name: str, running: frozenset[Priority]) -> bool:
    if name == "backstop":
        return running >= LOW_VALUE
    return any(each.interval == name for each in running)


def _reason(name, late, interval, state, now, *, push=1) -> str:
    spelled = name.replace("_", " ")
    if late is not None:
        return f"{spelled} is due: {late}"
    return (f"{spelled} is not due: push {state.pushes_since + push} of {interval.pushes}, "
            f"{_minutes(state.age(now))} of {interval.minutes} minutes")


def _next_due(
    interval: Interval, state: IntervalState, pushed_at: datetime, runs_now: bool
) -> NextDue:
    if runs_now:
        return NextDue(interval.pushes, pushed_at + interval.time)
    return NextDue(interval.pushes - state.pushes_since - 1, state.last_at + interval.time)


def _minutes(age: timedelta) -> int:
    return age // timedelta(minutes=1)
