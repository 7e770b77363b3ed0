"""Which priorities run on a push, and when the others are due."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime

from ..domain import Cadence, Priority
from .checks import Checks, NextDue, checks_at
from .states import NEVER_RAN, CadenceState, IntervalState
from .turns import Turn

__all__ = [
    "NEVER_RAN", "CadenceDecision", "CadenceState", "IntervalState", "NextDue", "due_on_push",
    "intervals_of", "owed",
]

EVERYTHING = frozenset(Priority)
LOW_VALUE = EVERYTHING - {Priority.FIRST}


def intervals_of(priorities: Set[Priority]) -> frozenset[str]:
    """Return the intervals that run on a push where these priorities do; both low ones: all."""
    ran = {each.interval for each in priorities & LOW_VALUE}
    return frozenset(ran | {"backstop"} if priorities >= LOW_VALUE else ran)


@dataclass(frozen=True)
class CadenceDecision:
    """What runs, why, and when the rest is due; the keys are those of `INTERVALS`.

    Where the cadence is staggered, a priority is next due when the first of its turns is.
    """

    priorities: frozenset[Priority]  # all of their jobs run; 1 is always among them on a push
    is_full: bool                    # everything runs, for whatever reason
    is_backstop: bool                # everything runs because the backstop is due
    reasons: tuple[str, ...]         # one sentence for each key, in that order
    next_due: Mapping[str, NextDue]  # counted from this push
    turns: frozenset[Turn] = frozenset()   # those that run of the other priorities
    turns_next_due: Mapping[Turn, NextDue] = field(default_factory=dict)

    @property
    def ran(self) -> frozenset[str]:
        """The intervals and turns that run, as `CadenceState.after` takes them."""
        return intervals_of(self.priorities) | {turn.key for turn in self.turns}


def due_on_push(pushed_at: datetime, cadence: Cadence, states: CadenceState) -> CadenceDecision:
    """Return what runs on a push that comes after all that the states count.

    An interval is due on exactly the Nth push since it last ran, after exactly its minutes, or
    when it has never run. The backstop runs everything, and everything then counts from here.
    """
    checks = checks_at(cadence, states, pushed_at, push=1)
    running = _running(checks)
    is_full = running >= LOW_VALUE
    ran = intervals_of(running)
    return CadenceDecision(
        priorities=running | {Priority.FIRST},
        is_full=is_full,
        is_backstop=checks["backstop"].is_due,
        reasons=_reasons(checks),
        next_due={name: check.after_it_ran() if name in ran else check.next_due()
                  for name, check in checks.items()},
        turns=_turns_running(checks, running),
        turns_next_due={
            each.turn: each.after_it_ran() if name in ran or each.is_due else each.next_due()
            for name, check in checks.items() for each in check.turns})


def owed(now: datetime, cadence: Cadence, states: CadenceState) -> CadenceDecision:
    """Return what is due although no push came: the tail of a burst is tested too.

    Only what a push left out is owed: an interval that ran on the newest push is not. Priority 1
    ran on every push and is owed only with the backstop.
    """
    checks = checks_at(cadence, states, now, push=0)
    running = _running(checks)
    is_backstop = checks["backstop"].is_due
    return CadenceDecision(
        priorities=running | {Priority.FIRST} if is_backstop else running,
        is_full=is_backstop,
        is_backstop=is_backstop,
        reasons=_reasons(checks),
        next_due={name: check.next_due() for name, check in checks.items()},
        turns=_turns_running(checks, running),
        turns_next_due={each.turn: each.next_due()
                        for check in checks.values() for each in check.turns})


def _running(checks: Checks) -> frozenset[Priority]:
    if checks["backstop"].is_due:
        return EVERYTHING
    return frozenset(each for each in LOW_VALUE if checks[each.interval].is_due)


def _turns_running(checks: Checks, running: Set[Priority]) -> frozenset[Turn]:
    return frozenset(
        each.turn for priority in LOW_VALUE - running for each in checks[priority.interval].turns
        if each.is_due)


def _reasons(checks: Checks) -> tuple[str, ...]:
    return tuple(check.reason(name.replace("_", " ")) for name, check in checks.items())
