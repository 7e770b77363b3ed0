"""A cadence on pushes that came: which priorities and turns would have run on each."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from ..domain import Cadence
from ..ledger.cadence import NEVER_RAN, CadenceDecision, due_on_push


def decisions(pushed_at: Iterable[datetime], cadence: Cadence) -> Iterator[CadenceDecision]:
    """Yield what runs on each push, in order of time; everything runs on the first.

    As in the ledger, but nothing is owed between pushes, and nothing fails to run.
    """
    states = NEVER_RAN
    for at in pushed_at:
        due = due_on_push(at, cadence, states)
        states = states.after(at, due.ran)
        yield due
