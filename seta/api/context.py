"""What the views of the API work with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session, sessionmaker

from ..config import Settings
from ..publish.serving import Published
from ..store.gate import Gate, Turns
from .priority_lists import KeptLists

BUSY = "this server is busy with other long requests; try again soon"
LEDGER_BUSY = "the ledger of this project is busy, or the database does not answer now"


@dataclass(frozen=True)
class Context:
    settings: Settings
    sessions: sessionmaker[Session]       # for answers at once
    quick_sessions: sessionmaker[Session]  # the same, each statement a transaction of its own
    long_sessions: sessionmaker[Session]  # for what takes long: an analysis, posted results
    clock: Callable[[], datetime]
    published: Published
    long_gate: Gate = field(init=False)
    # Who waits for a ledger that another thread writes waits here, and holds no connection.
    ledger_turns: Turns = field(init=False, default_factory=lambda: Turns(refusal=LEDGER_BUSY))
    kept_lists: KeptLists = field(init=False, default_factory=KeptLists)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "long_gate", Gate(self.settings.long_requests, refusal=BUSY))

    @contextmanager
    def long_work(self) -> Iterator[sessionmaker[Session]]:
        """Give sessions for a request that takes long.

        Raises StoreError while too many others do, so that short ones find a thread.
        """
        self.long_gate.enter()
        try:
            yield self.long_sessions
        finally:
            self.long_gate.leave()


def context() -> Context:
    """Return the context of the app that serves this request."""
    found: Context = current_app.extensions["seta"]
    return found
