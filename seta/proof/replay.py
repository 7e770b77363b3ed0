"""A cadence on pushes that came: which priorities would have run on each."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from ..domain import Cadence, Priority
from ..ledger.cadence import NEVER_RAN, due_on_push, intervals_of


def replay(pushed_at: Iterable[datetime], cadence: Cadence) -> Iterator[frozenset[Priority]]:
    """Yield what runs on each push, in order of time; everything runs on the first.

    As in the ledger, but nothing is owed between pushes, and nothing fails to run.
    """
    states = NEVER_RAN
    for at in pushed_at:
        priorities = due_on_push(at, cadence, states).priorities
        states = states.after(at, intervals_of(priorities))
        yield priorities
