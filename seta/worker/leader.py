"""One active worker: a PostgreSQL advisory lock, which dies with its connection."""

import logging
import threading

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from ..errors import StoreError
from ..store.locks import Lock

logger = logging.getLogger(__name__)


class Leader:
    """Hold the lock with a connection of its own for as long as the worker is active."""

    def __init__(self, engine: Engine):
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def wait(self, stop: threading.Event, *, every: float = 2.0) -> bool:
        """Become the active worker; say whether that was so before `stop` was set."""
        is_told = False
        while not stop.is_set():
            if self._try():
                return True
            if not is_told:
                logger.info("another worker is active; waiting for it to end")
                is_told = True
            stop.wait(every)
        return False

    def check(self) -> None:
        """Raise StoreError when the connection, and with it the lock, is lost."""
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError as error:
            raise StoreError(f"the worker's lock is lost: {error.orig}") from error

    def resign(self) -> None:
        self._connection.close()

    def _try(self) -> bool:
        return self._connection.scalar(
            text("SELECT pg_try_advisory_lock(:key)"), {"key": Lock.WORKER})
