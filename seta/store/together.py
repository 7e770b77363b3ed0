"""Work that one thread at a time does for all that wait, so that they share one commit."""

import threading
from collections.abc import Callable, Hashable, Sequence
from time import monotonic
from typing import Generic, TypeVar

from ..errors import SetaError, StoreError
from .gate import PATIENCE, STILL

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_AT_ONCE = 20  # items; those that come later wait for the next time


class Ticket(Generic[Item, Result]):
    """One item, and what came of it."""

    def __init__(self, item: Item):
        self.item = item
        self.result: Result | SetaError | None = None
        self.error: BaseException | None = None
        self.is_done = False

    def collect(self) -> Result:
        """Return the result, or raise what the item or all the work ended with."""
        if self.error is not None:
            raise self.error
        if isinstance(self.result, SetaError):
            raise self.result
        assert self.result is not None
        return self.result


class Together(Generic[Item, Result]):
    """Lets one caller at a time work on one thing; it does the work of those that wait, too.

    `work` returns a result for each item, or an error that is that item's own. What it raises ends
    the whole of it, for all. Nobody waits while nothing moves: as at a `Gate`, such a caller is
    turned away.
    """

    def __init__(
        self, work: Callable[[Sequence[Item]], Sequence[Result | SetaError]], *, refusal: str,
        still: float = STILL, patience: float = PATIENCE,
    ):
        self._work = work
        self._refusal = refusal
        self._still = still
        self._patience = patience
        self._things: dict[Hashable, _Thing[Item, Result]] = {}

    def do(self, thing: Hashable, item: Item) -> Result:
        """Return what comes of an item; raises StoreError when turned away.

        Then the work on it may be going on.
        """
        state = self._things.setdefault(thing, _Thing())
        ticket: Ticket[Item, Result] = Ticket(item)
        batch = self._wait(state, ticket)
        if batch:
            self._finish(state, batch)
        return ticket.collect()

    def _wait(
        self, state: "_Thing[Item, Result]", ticket: Ticket[Item, Result]
    ) -> list[Ticket[Item, Result]]:
        """Wait until the work is done, or is this caller's to do; return what is to be done."""
        began = monotonic()
        with state.changed:
            state.waiting.append(ticket)
            while state.is_busy and not ticket.is_done:
                left = min(state.moved_at + self._still, began + self._patience) - monotonic()
                if left <= 0:
                    if ticket in state.waiting:
                        state.waiting.remove(ticket)
                    raise StoreError(self._refusal)
                state.changed.wait(left)
            if ticket.is_done:
                return []
            others = [each for each in state.waiting if each is not ticket]
            batch = [ticket, *others[:MOST_AT_ONCE - 1]]
            state.waiting = others[MOST_AT_ONCE - 1:]
            state.is_busy, state.moved_at = True, monotonic()
            return batch

    def _finish(
        self, state: "_Thing[Item, Result]", batch: Sequence[Ticket[Item, Result]]
    ) -> None:
        try:
            results = self._work([ticket.item for ticket in batch])
            for ticket, result in zip(batch, results, strict=True):
                ticket.result = result
        except BaseException as error:
            for ticket in batch:
                ticket.error = error
        finally:
            with state.changed:
                for ticket in batch:
                    ticket.is_done = True
                state.is_busy, state.moved_at = False, monotonic()
                state.changed.notify_all()


class _Thing(Generic[Item, Result]):
    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.waiting: list[Ticket[Item, Result]] = []
        self.is_busy = False
        self.moved_at = monotonic()
