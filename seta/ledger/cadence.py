"""Which priorities run on a push, and when the others are due."""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..domain import INTERVALS, Cadence, Interval, Priority
from ..domain.plurals import pluralize

EVERYTHING = frozenset(Priority)
LOW_VALUE = EVERYTHING - {Priority.FIRST}


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

    def age(self, now: datetime) -> timedelta:
        """Return the time since that push, or zero if the clock went back."""
        if self.last_at is None:
            return timedelta()
        return max(timedelta(), now - self.last_at)


@dataclass(frozen=True, slots=True)
class CadenceState:
    """The state of each interval of one project; `backstop` is of the last push that ran all."""

    priority_2: IntervalState
    priority_3: IntervalState
    backstop: IntervalState

    def after(self, pushed_at: datetime, ran: Collection[str]) -> "CadenceState":
        """Return the state after a push that counts, on which these intervals ran."""
        states: dict[str, IntervalState] = {}
        for interval in INTERVALS:
            before: IntervalState = getattr(self, interval)
            states[interval] = (
                IntervalState(pushed_at) if interval in ran
                else replace(before, pushes_since=before.pushes_since + 1))
        return CadenceState(**states)


NEVER_RAN = CadenceState(IntervalState(None), IntervalState(None), IntervalState(None))


def intervals_of(priorities: Set[Priority]) -> frozenset[str]:
    """Return the intervals that run on a push where these priorities do; both low ones: all."""
    ran = {each.interval for each in priorities & LOW_VALUE}
    return frozenset(ran | {"backstop"} if priorities >= LOW_VALUE else ran)


@dataclass(frozen=True, slots=True)
class NextDue:
    """When an interval is due next, whichever comes first."""

    pushes_left: int       # 1: on the next push
    at: datetime | None    # None: it has never run, so there is no time to count from


@dataclass(frozen=True)
class CadenceDecision:
    """What runs, why, and when the rest is due; the keys are those of `INTERVALS`."""

    priorities: frozenset[Priority]  # priority 1 is always among them on a push
    is_full: bool                    # everything runs, for whatever reason
    is_backstop: bool                # everything runs because the backstop is due
    reasons: tuple[str, ...]         # one sentence for each key, in that order
    next_due: Mapping[str, NextDue]  # counted from this push


def due_on_push(pushed_at: datetime, cadence: Cadence, states: CadenceState) -> CadenceDecision:
    """Return what runs on a push that comes after all that the states count.

    An interval is due on exactly the Nth push since it last ran, after exactly its minutes, or
    when it has never run. The backstop runs everything, and everything then counts from here.
    """
    checks = _checks(cadence, states, pushed_at, push=1)
    running = _running(checks)
    is_full = running >= LOW_VALUE
    ran = intervals_of(running)
    return CadenceDecision(
        priorities=running | {Priority.FIRST},
        is_full=is_full,
        is_backstop=checks["backstop"].is_due,
        reasons=_reasons(checks),
        next_due={name: check.after_it_ran() if name in ran else check.next_due()
                  for name, check in checks.items()})


def owed(now: datetime, cadence: Cadence, states: CadenceState) -> CadenceDecision:
    """Return what is due although no push came: the tail of a burst is tested too.

    Only what a push left out is owed: an interval that ran on the newest push is not. Priority 1
    ran on every push and is owed only with the backstop.
    """
    checks = _checks(cadence, states, now, push=0)
    running = _running(checks)
    is_backstop = checks["backstop"].is_due
    return CadenceDecision(
        priorities=running | {Priority.FIRST} if is_backstop else running,
        is_full=is_backstop,
        is_backstop=is_backstop,
        reasons=_reasons(checks),
        next_due={name: check.next_due() for name, check in checks.items()})


@dataclass(frozen=True, slots=True)
class _IntervalCheck:
    """One interval at a moment, on a push or between two."""

    interval: Interval
    state: IntervalState
    pushes: int       # since it last ran, this one included
    now: datetime

    @property
    def is_due(self) -> bool:
        return self.why_due() is not None

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


def _checks(
    cadence: Cadence, states: CadenceState, now: datetime, *, push: int
) -> dict[str, _IntervalCheck]:
    """Return each interval's check, where `push` is 1 on a push that is not counted yet, else 0."""
    checks = {}
    for name in INTERVALS:
        state = getattr(states, name)
        checks[name] = _IntervalCheck(getattr(cadence, name), state, state.pushes_since + push, now)
    return checks


def _running(checks: Mapping[str, _IntervalCheck]) -> frozenset[Priority]:
    if checks["backstop"].is_due:
        return EVERYTHING
    return frozenset(each for each in LOW_VALUE if checks[each.interval].is_due)


def _reasons(checks: Mapping[str, _IntervalCheck]) -> tuple[str, ...]:
    found = []
    for name, check in checks.items():
        spelled, why = name.replace("_", " "), check.why_due()
        found.append(f"{spelled} is due: {why}" if why
                     else f"{spelled} is not due: {check.why_not_due()}")
    return tuple(found)
