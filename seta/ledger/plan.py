"""What runs on one push, and why: decided from what the ledger and the snapshot say."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime

from ..domain import Cadence, Priority
from ..domain.limits import is_ahead
from .cadence import CadenceDecision, due_on_push
from .checks import NextDue
from .prepared import FULL, AnsweredNames, PreparedNames
from .priorities import PriorityLists
from .states import NEVER_RAN
from .turns import Turn


@dataclass(frozen=True)
class Plan:
    """What SETA answers for a push."""

    names: AnsweredNames
    reasons: tuple[str, ...]
    snapshot: int | None
    jobs: Mapping[Priority, int]           # how many there are of each priority
    ran: Set[Priority]                     # of which all jobs run
    next_due: Mapping[str, NextDue] = field(default_factory=dict)
    fresh_until: datetime | None = None    # of a selective plan: when its lists go stale
    turns: Set[Turn] = frozenset()         # that run of the other priorities

    @property
    def is_full(self) -> bool:
        return self.names.kind == FULL

    @property
    def counts(self) -> bool:
        """Return whether the intervals count this push; if not, next_due is empty."""
        return bool(self.next_due)


def plan_by_cadence(
    names: PreparedNames, due: CadenceDecision, failing: Set[str], lists: PriorityLists,
) -> Plan:
    """Return what runs at this point of the cadence; a failing job runs whatever its priority.

    `failing` may name jobs that run anyway, and jobs that the snapshot does not know.
    """
    if due.is_full:
        return full_plan(names, due.reasons, snapshot=lists.snapshot, next_due=due.next_due)
    kept_due = frozenset(name for name in failing
                         if names.priority_of.get(name, Priority.FIRST) not in due.priorities)
    kept_due -= names.with_turn(due.turns) if kept_due else frozenset()
    answered = names.selective(due.priorities, kept_due, due.turns)
    if not answered.run:
        return full_plan(names, due.reasons + ("no job would run, so everything does",),
                         snapshot=lists.snapshot, next_due=due.next_due)
    return Plan(
        answered, due.reasons + failing_reason(kept_due), lists.snapshot, names.counts,
        due.priorities, due.next_due, lists.fresh_until, due.turns)


def full_plan(
    names: PreparedNames, reasons: tuple[str, ...], *, snapshot: int | None,
    next_due: Mapping[str, NextDue], alive: Set[str] = frozenset(),
) -> Plan:
    """Return the plan that runs everything, with the reasons.

    Where the snapshot has no names, everything is what is `alive`.
    """
    answered = names.full if names.priority_of else AnsweredNames(FULL, tuple(sorted(alive)))
    return Plan(answered, reasons, snapshot, names.counts, frozenset(Priority), next_due)


def next_due_after_everything(pushed_at: datetime, cadence: Cadence) -> Mapping[str, NextDue]:
    """Return what is due next when everything runs on a push."""
    return due_on_push(pushed_at, cadence, NEVER_RAN).next_due


def out_of_order(
    pushed_at: datetime, newest_at: datetime | None, now: datetime
) -> tuple[str, ...]:
    """Return why a push does not count toward any interval; nothing if it does."""
    if newest_at is not None and pushed_at < newest_at:
        return (f"this push ({pushed_at:%Y-%m-%d %H:%M:%S}) is older than the newest push "
                f"({newest_at:%Y-%m-%d %H:%M:%S})",)
    if is_ahead(pushed_at, now):
        return (f"this push ({pushed_at:%Y-%m-%d %H:%M:%S}) is in the future: it is now "
                f"{now:%Y-%m-%d %H:%M:%S}",)
    return ()


def failing_reason(failing: Set[str]) -> tuple[str, ...]:
    if not failing:
        return ()
    return ("1 job failed when it last ran, and runs until it passes" if len(failing) == 1 else
            f"{len(failing)} jobs failed when they last ran, and run until they pass",)
