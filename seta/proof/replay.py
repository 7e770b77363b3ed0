"""A cadence on pushes that came: which priorities would have run on each."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from ..domain import INTERVALS, Cadence, Priority
from ..ledger.cadence import CadenceState, IntervalState, due_on_push


def replay(pushed_at: Iterable[datetime], cadence: Cadence) -> Iterator[frozenset[Priority]]:
    """Yield what runs on each push, in order of time; everything runs on the first.

    As in the ledger, but nothing is owed between pushes, and nothing fails to run.
    """
    last_at: dict[str, datetime] = {}
    since = dict.fromkeys(INTERVALS, 0)
    for at in pushed_at:
        due = due_on_push(at, cadence, CadenceState(
            **{each: IntervalState(last_at.get(each), since[each]) for each in INTERVALS}))
        ran = {priority.interval for priority in due.priorities - {Priority.FIRST}}
        for each in INTERVALS:
            since[each] += 1
            if each in ran or due.is_full:
                last_at[each], since[each] = at, 0
        yield due.priorities
