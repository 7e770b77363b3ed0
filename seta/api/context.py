"""What the views of the API work with."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session, sessionmaker

from ..config import Settings
from ..errors import SetaError
from ..ledger import Answer, Draft, PriorityLists, record_schedules
from ..publish.serving import Published
from ..store.gate import Gate
from ..store.together import Together
from .priority_lists import KeptLists, priority_lists

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
    # By project and build system. Who waits for a ledger waits here, and holds no connection.
    ledgers: Together[tuple[Draft, str], Answer] = field(init=False)
    kept_lists: KeptLists = field(init=False, default_factory=KeptLists)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "long_gate", Gate(self.settings.long_requests, refusal=BUSY))
        object.__setattr__(
            self, "ledgers", Together(self._record_schedules, refusal=LEDGER_BUSY))

    def _record_schedules(
        self, drafts: Sequence[tuple[Draft, str]]
    ) -> Sequence[Answer | SetaError]:
        with self.sessions.begin() as session:
            return record_schedules(session, drafts)

    def priority_lists(self, project: str, build_system: str) -> PriorityLists:
        """Return the lists that are published for a project, prepared for the ledger."""
        return priority_lists(self.published, project, build_system, self.kept_lists)

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
