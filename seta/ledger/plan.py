"""What runs on one push, and why: decided from what the ledger and the snapshot say."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..domain import Cadence, Priority
from .cadence import CadenceDecision, LevelState, NextDue, States, due_on_push

SELECTIVE = "selective"
FULL = "full"
CLOCK_SKEW = timedelta(minutes=10)  # how far ahead of ours a scheduler's clock may be


@dataclass(frozen=True)
class Plan:
    """What is answered for a push. ``counts`` says whether the levels' clocks move with it."""

    kind: str
    run: tuple[str, ...]
    skip: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    snapshot: int | None = None
    levels: Mapping[str, dict] = field(default_factory=dict)
    next_due: Mapping[str, NextDue] = field(default_factory=dict)
    ran: Set[Priority] = frozenset()
    is_everything: bool = False
    counts: bool = True


def full_plan(
    names: Set[str], level_of: Mapping[str, Priority], reasons: tuple[str, ...], *,
    snapshot: int | None, next_due: Mapping[str, NextDue], counts: bool,
) -> Plan:
    """Everything runs, and says why."""
    return Plan(
        FULL, tuple(sorted(names)), (), reasons, snapshot,
        level_counts(level_of, frozenset(Priority)), next_due, frozenset(Priority), True, counts)


def plan_by_cadence(
    level_of: Mapping[str, Priority], due: CadenceDecision, failing: Set[str], *, snapshot: int
) -> Plan:
    """Return what runs at this point of the cadence; a failing job runs whatever its level."""
    run = {name for name, level in level_of.items() if level in due.levels} | failing
    if due.is_full or not run:
        return full_plan(
            frozenset(level_of), level_of, due.reasons + empty_reason(run), snapshot=snapshot,
            next_due=due.next_due, counts=True)
    return Plan(
        SELECTIVE, tuple(sorted(run)), tuple(sorted(level_of.keys() - run)),
        due.reasons + failing_reason(failing), snapshot, level_counts(level_of, due.levels),
        due.next_due, due.levels, False, True)


def everything_from(pushed_at: datetime, cadence: Cadence) -> CadenceDecision:
    """Return what is due next when everything runs on a push."""
    never = LevelState(None)
    return due_on_push(pushed_at, cadence, States(never, never, never))


def order_refusals(
    pushed_at: datetime, newest_at: datetime | None, now: datetime
) -> tuple[str, ...]:
    """Say why a push may move no clock: it is older than the newest, or not yet."""
    if newest_at is not None and pushed_at < newest_at:
        return (f"the push of {pushed_at:%Y-%m-%d %H:%M:%S} is older than the newest known, of "
                f"{newest_at:%Y-%m-%d %H:%M:%S}",)
    if pushed_at > now + CLOCK_SKEW:
        return (f"the push of {pushed_at:%Y-%m-%d %H:%M:%S} is in the future, it is "
                f"{now:%Y-%m-%d %H:%M:%S}",)
    return ()


def level_counts(level_of: Mapping[str, Priority], due: Set[Priority]) -> dict[str, dict]:
    counts = Counter(level_of.values())
    return {str(level.value): {"due": level in due, "jobs": counts[level]} for level in Priority}


def failing_reason(failing: Set[str]) -> tuple[str, ...]:
    if not failing:
        return ()
    return (f"jobs that failed when they last ran stay due until they pass: {len(failing)}",)


def empty_reason(run: Set[str]) -> tuple[str, ...]:
    return () if run else ("no job would run, so everything does",)
