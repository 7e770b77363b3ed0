"""The bytes of an answer: made once, kept gzipped, and never changed."""

from collections.abc import Mapping
from datetime import UTC, datetime

from ..domain import Priority
from .checks import NextDue
from .gzip_parts import gzip_after
from .plan import Plan
from .prepared import to_json

INTERVAL_KEYS = {"priority_2": "2", "priority_3": "3", "backstop": "backstop"}


def schedule_bytes(plan: Plan) -> bytes:
    """Return the gzipped JSON body of a schedule; the names' part of it is kept compressed."""
    return gzip_after(plan.names.head, to_json({
        "priorities": {
            str(priority.value): {"due": priority in plan.ran, "jobs": jobs,
                                  **_turns(plan, priority)}
            for priority, jobs in plan.jobs.items()},
        "snapshot": plan.snapshot,
        "fresh_until": format_utc(plan.fresh_until),
        "reasons": plan.reasons,
        "next_due": next_due(plan.next_due),
    }).removeprefix(b"{"))


def _turns(plan: Plan, priority: Priority) -> dict[str, int | list[int]]:
    """Return which turns of a priority run on a push that runs some of them, and of how many."""
    turns = sorted(turn for turn in plan.turns if turn.priority is priority)
    return {"turns": [turn.number for turn in turns], "of": turns[0].of} if turns else {}


def next_due(due: Mapping[str, NextDue]) -> dict[str, dict[str, int | str | None]]:
    """Return when each interval is due next, by its key in the JSON.

    >>> next_due({"priority_2": NextDue(3, datetime(2026, 3, 1, 12, tzinfo=UTC))})
    {'2': {'pushes_left': 3, 'at': '2026-03-01T12:00:00Z'}}
    """
    return {INTERVAL_KEYS[interval]: {"pushes_left": each.pushes_left, "at": format_utc(each.at)}
            for interval, each in due.items()}


def format_utc(at: datetime | None) -> str | None:
    """Format a time in UTC.

    >>> format_utc(datetime(2026, 3, 1, 12, tzinfo=UTC))
    '2026-03-01T12:00:00Z'
    """
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
