"""Which levels run on a push, and when the others are due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..domain import Cadence, Limit, Priority

EVERYTHING = frozenset(Priority)


@dataclass(frozen=True, slots=True)
class LevelState:
    """What is known of the last push on which a level was really scheduled.

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
class States:
    """The state of each level of one project; `backstop` is of the last push that ran all."""

    low: LevelState
    lowest: LevelState
    backstop: LevelState


@dataclass(frozen=True, slots=True)
class NextDue:
    """When a level is due next, whichever comes first."""

    pushes_left: int       # 1: on the next push
    at: datetime | None    # None: it has never run, so there is no time to count from


@dataclass(frozen=True)
class CadenceDecision:
    """What runs, why, and when the rest does; the keys are "low", "lowest" and "backstop"."""

    levels: frozenset[Priority]      # priority 1 is always among them on a push
    is_full: bool                    # everything runs, for whatever reason
    is_backstop: bool                # everything runs because the backstop is due
    reasons: tuple[str, ...]         # one sentence for each key, in that order
    next_due: Mapping[str, NextDue]  # counted from this push


def due_on_push(pushed_at: datetime, cadence: Cadence, states: States) -> CadenceDecision:
    """Say what runs on a push that comes after all that the states count.

    A level is due on exactly the so-manyth push since it last ran, at exactly so many minutes,
    or when it never ran. The backstop runs everything, and everything then counts from here.
    """
    levels = _levels(cadence, states)
    late = {name: _lateness(limit, state, state.pushes_since + 1, pushed_at)
            for name, (limit, state) in levels.items()}
    running = _running(late)
    return CadenceDecision(
        levels=running | {Priority.HIGH},
        is_full=running >= EVERYTHING - {Priority.HIGH},
        is_backstop=late["backstop"] is not None,
        reasons=tuple(_reason(name, late[name], *levels[name], pushed_at) for name in levels),
        next_due={name: _next_due(*levels[name], pushed_at, _runs(name, running))
                  for name in levels},
    )


def owed(now: datetime, cadence: Cadence, states: States) -> CadenceDecision:
    """Say what is due although no push came: the tail of a burst is tested too.

    Only what a push left out is owed: a level that ran on the newest push is not. Priority 1
    ran on every push and is owed only with the backstop.
    """
    levels = _levels(cadence, states)
    late = {name: _lateness(limit, state, state.pushes_since, now) if state.pushes_since else None
            for name, (limit, state) in levels.items()}
    running = _running(late)
    is_backstop = late["backstop"] is not None
    return CadenceDecision(
        levels=running | {Priority.HIGH} if is_backstop else running,
        is_full=is_backstop,
        is_backstop=is_backstop,
        reasons=tuple(_reason(name, late[name], *levels[name], now, push=0) for name in levels),
        next_due={name: NextDue(max(1, limit.pushes - state.pushes_since),
                                state.last_at and state.last_at + limit.time)
                  for name, (limit, state) in levels.items()},
    )


def _levels(cadence: Cadence, states: States) -> dict[str, tuple[Limit, LevelState]]:
    return {"low": (cadence.low, states.low), "lowest": (cadence.lowest, states.lowest),
            "backstop": (cadence.backstop, states.backstop)}


def _lateness(limit: Limit, state: LevelState, pushes: int, now: datetime) -> str | None:
    """Say by what a level is due; None when it is not."""
    if state.last_at is None:
        return "it has never run here"
    if pushes >= limit.pushes:
        return f"push {pushes} since it last ran, of {limit.pushes}"
    if state.age(now) >= limit.time:
        return f"{_minutes(state.age(now))} minutes since it last ran, of {limit.minutes}"
    return None


def _running(late: Mapping[str, str | None]) -> frozenset[Priority]:
    if late["backstop"] is not None:
        return EVERYTHING
    return frozenset(Priority[name.upper()] for name in ("low", "lowest")
                     if late[name] is not None)


def _runs(name: str, running: frozenset[Priority]) -> bool:
    below_high = EVERYTHING - {Priority.HIGH}
    return running >= below_high if name == "backstop" else Priority[name.upper()] in running


def _reason(name, late, limit, state, now, *, push=1) -> str:
    if late is not None:
        return f"{name} is due: {late}"
    return (f"{name} is not due: push {state.pushes_since + push} of {limit.pushes}, "
            f"{_minutes(state.age(now))} of {limit.minutes} minutes")


def _next_due(limit: Limit, state: LevelState, pushed_at: datetime, runs_now: bool) -> NextDue:
    if runs_now:
        return NextDue(limit.pushes, pushed_at + limit.time)
    return NextDue(limit.pushes - state.pushes_since - 1, state.last_at + limit.time)


def _minutes(age: timedelta) -> int:
    return age // timedelta(minutes=1)
