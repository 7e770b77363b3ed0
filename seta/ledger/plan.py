"""What runs on one push, and why: decided from what the ledger and the snapshot say."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..domain import Cadence, Priority
from .cadence import CadenceDecision, CadenceState, IntervalState, NextDue, due_on_push
from .priorities import PriorityLists

SELECTIVE = "selective"
FULL = "full"
CLOCK_SKEW = timedelta(minutes=10)  # how far ahead of ours a scheduler's clock may be


@dataclass(frozen=True)
class Plan:
    """What is answered for a push. ``counts`` says whether the intervals count from it."""

    kind: str
    run: tuple[str, ...]
    skip: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    snapshot: int | None = None
    priorities: Mapping[str, dict] = field(default_factory=dict)
    next_due: Mapping[str, NextDue] = field(default_factory=dict)
    ran: Set[Priority] = frozenset()
    is_everything: bool = False
    counts: bool = True
    fresh_until: datetime | None = None   # of a selective plan: when its lists go stale


def full_plan(
    names: Set[str], priority_of: Mapping[str, Priority], reasons: tuple[str, ...], *,
    snapshot: int | None, next_due: Mapping[str, NextDue], counts: bool,
) -> Plan:
    """Everything runs, and says why."""
    return Plan(
        FULL, tuple(sorted(names)), (), reasons, snapshot,
        priority_counts(priority_of, frozenset(Priority)), next_due, frozenset(Priority), True,
        counts)


def plan_by_cadence(
    priority_of: Mapping[str, Priority], due: CadenceDecision, failing: Set[str],
    published: PriorityLists,
) -> Plan:
    """Return what runs at this point of the cadence; a failing job runs whatever its priority."""
    run = {name for name, priority in priority_of.items() if priority in due.priorities} | failing
    if due.is_full or not run:
        return full_plan(
            frozenset(priority_of), priority_of, due.reasons + empty_reason(run),
            snapshot=published.snapshot, next_due=due.next_due, counts=True)
    return Plan(
        SELECTIVE, tuple(sorted(run)), tuple(sorted(priority_of.keys() - run)),
        due.reasons + failing_reason(failing), published.snapshot,
        priority_counts(priority_of, due.priorities), due.next_due, due.priorities,
        fresh_until=published.fresh_until)


def everything_from(pushed_at: datetime, cadence: Cadence) -> CadenceDecision:
    """Return what is due next when everything runs on a push."""
    never = IntervalState(None)
    return due_on_push(pushed_at, cadence, CadenceState(never, never, never))


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


def priority_counts(priority_of: Mapping[str, Priority], due: Set[Priority]) -> dict[str, dict]:
    counts = Counter(priority_of.values())
    return {str(each.value): {"due": each in due, "jobs": counts[each]} for each in Priority}


def failing_reason(failing: Set[str]) -> tuple[str, ...]:
    if not failing:
        return ()
    return (f"jobs that failed when they last ran stay due until they pass: {len(failing)}",)


def empty_reason(run: Set[str]) -> tuple[str, ...]:
    return () if run else ("no job would run, so everything does",)
