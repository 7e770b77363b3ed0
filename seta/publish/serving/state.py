"""What one web process knows about the published snapshots, reloaded in the background."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Generic, TypeVar

from sqlalchemy.orm import Session, sessionmaker

from ...domain import Priority
from ...errors import StoreError
from ...store.engine import limit_waits
from ...store.snapshots import ProjectFacts, PublishedLists, project_facts, published_lists
from .lists import ListQuery, PreparedList, entries_of

logger = logging.getLogger(__name__)
Value = TypeVar("Value")
PreparedKey = tuple[tuple[str, ...], str, frozenset[Priority]]  # projects, kind, priorities

RELOAD_SECONDS = 2.0      # seconds after which a value is loaded again
LOAD_TIMEOUT = 1.5   # seconds that a request waits for the first value
SHARE = 0.3          # of that, for a new value where the old one is much older, or a load failed
LOAD_LIMIT = 10.0    # seconds for one statement of a load


@dataclass(frozen=True)
class State:
    projects: dict[str, ProjectFacts]
    snapshots: dict[int, "ServedSnapshot"]    # the published ones


@dataclass(frozen=True)
class ServedSnapshot:
    """The lists of one snapshot, and the answers that were prepared from them so far."""

    lists: PublishedLists
    _prepared: dict[PreparedKey, PreparedList] = field(default_factory=dict)
    _preparing: threading.Lock = field(default_factory=threading.Lock)

    def prepared_list(self, projects: tuple[str, ...], query: ListQuery) -> PreparedList:
        key = (projects, query.kind, query.priorities)
        found = self._prepared.get(key)
        if found is not None:
            return found
        with self._preparing:   # one after the other, since each takes memory meanwhile
            found = self._prepared.get(key)
            if found is None:
                found = self._prepared[key] = PreparedList(entries_of(self.lists, projects, query))
        return found


def load_state(sessions: sessionmaker[Session], before: State | None) -> State:
    """Read what is published now; lists that are loaded already are not read again.

    Returns the state before, the same object, where nothing has changed.
    """
    with sessions() as session:
        limit_waits(session, LOAD_LIMIT)
        projects = project_facts(session)
        if before is not None and projects == before.projects:
            return before
        known = before.snapshots if before else {}
        snapshots = {}
        for each in projects.values():
            wanted = each.snapshot_id
            if wanted is not None and wanted not in snapshots:
                snapshots[wanted] = (
                    known.get(wanted) or ServedSnapshot(published_lists(session, wanted)))
        return State(projects, snapshots)


class Watch(Generic[Value]):
    """A value that is reloaded in the background, so that its readers hardly ever wait.

    `load` gets the previous value, None the first time. It is called by one thread at a time, only
    when somebody reads, and at most every `every` seconds.
    """

    def __init__(
        self, load: Callable[[Value | None], Value], *, every: float = RELOAD_SECONDS,
        patience: float = LOAD_TIMEOUT, what: str = "what is published",
    ):
        self._what = what
        self._load = load
        self._every = every
        self._patience = patience
        self._lock = threading.Lock()
        self._value: Value | None = None
        self._loaded_at = self._started_at = float("-inf")
        self._loaded = threading.Event()  # set when the running load, or the last one, has ended
        self._is_loading = False
        self._error: Exception | None = None

    def value(self) -> Value:
        """Return the newest value; raises StoreError if none was ever loaded."""
        now = monotonic()
        if now - self._loaded_at >= self._every:
            self._refresh(now)
        if self._value is None:
            raise StoreError("the database does not answer, and nothing has been loaded yet")
        return self._value

    def _refresh(self, now: float) -> None:
        with self._lock:
            if not self._is_loading and now - self._started_at >= self._every:
                self._started_at, self._is_loading = now, True
                self._loaded = threading.Event()
                threading.Thread(target=self._reload, daemon=True).start()
            loaded, started_at = self._loaded, self._started_at
        if self._value is None or now - self._loaded_at >= 2 * self._every:
            is_first = self._value is None and self._error is None
            patience = self._patience * (1 if is_first else SHARE)
            loaded.wait(max(0.0, started_at + patience - now))

    def _reload(self) -> None:
        begun = monotonic()
        try:
            self._value = self._load(self._value)
            self._loaded_at, self._error = begun, None
        except Exception as error:  # whatever it is, the old value is still served
            if self._error is None:
                logger.warning("cannot load %s; the last known stays: %s", self._what, error)
            self._error = error
        finally:
            self._is_loading = False
            self._loaded.set()
