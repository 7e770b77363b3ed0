"""What is published, as one web process knows it at a moment."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Generic, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from ...errors import StoreError
from ...store.snapshots import ProjectFacts, PublishedLists, project_facts, published_lists
from .lists import Prepared

logger = logging.getLogger(__name__)
Value = TypeVar("Value")

EVERY = 2.0      # seconds after which a value is asked for anew
PATIENCE = 1.5   # seconds that a request waits for it where the old value is much older


class Watch(Generic[Value]):
    """Load a value in the background; whoever reads it waits little, or not at all.

    `load` is given the value before, None the first time. It is called by one thread at a time,
    only when somebody reads, and at most every `every` seconds.
    """

    def __init__(
        self, load: Callable[[Value | None], Value], *, every: float = EVERY,
        patience: float = PATIENCE,
    ):
        self._load = load
        self._every = every
        self._patience = patience
        self._lock = threading.Lock()
        self._value: Value | None = None
        self._loaded_at = self._asked_at = float("-inf")
        self._loaded = threading.Event()  # of the load that runs, or of the last one
        self._is_loading = False
        self._error: Exception | None = None

    def value(self) -> Value:
        """Return the newest value that could be had; raises StoreError when there is none yet."""
        now = monotonic()
        if now - self._loaded_at >= self._every:
            self._refresh(now)
        if self._value is None:
            raise StoreError("the database cannot be asked, so what is published is not known")
        return self._value

    def _refresh(self, now: float) -> None:
        with self._lock:
            if not self._is_loading and now - self._asked_at >= self._every:
                self._asked_at, self._is_loading = now, True
                self._loaded = threading.Event()
                threading.Thread(target=self._reload, daemon=True).start()
            loaded, asked_at = self._loaded, self._asked_at
        if self._value is None or now - self._loaded_at >= 2 * self._every:
            loaded.wait(max(0.0, asked_at + self._patience - now))

    def _reload(self) -> None:
        begun = monotonic()
        try:
            self._value = self._load(self._value)
            self._loaded_at, self._error = begun, None
        except Exception as error:  # whatever it is, the old value is served on
            if self._error is None:
                logger.warning("what is published cannot be read, the last is served on: %s",
                               error)
            self._error = error
        finally:
            self._is_loading = False
            self._loaded.set()


@dataclass(frozen=True)
class ServedSnapshot:
    """The lists of one snapshot, with the bytes that were made of them so far."""

    lists: PublishedLists
    prepared: dict[tuple, Prepared] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    projects: dict[str, ProjectFacts]
    snapshots: dict[int, ServedSnapshot]


def load_state(sessions: sessionmaker[Session], before: State | None) -> State:
    """Read what is published now; the lists of a snapshot that is served already stay."""
    with sessions() as session:
        session.execute(text("SET LOCAL statement_timeout = '10s'"))
        projects = project_facts(session)
        known = before.snapshots if before else {}
        snapshots = {}
        for each in projects.values():
            wanted = each.snapshot_id
            if wanted is not None and wanted not in snapshots:
                snapshots[wanted] = (
                    known.get(wanted) or ServedSnapshot(published_lists(session, wanted)))
        return State(projects, snapshots)
