"""A thread that brings the server back when it dies under a program that uses it."""

import logging
import threading
from collections.abc import Callable

import psycopg2

from ...errors import StoreError

logger = logging.getLogger(__name__)

EVERY = 1.0  # seconds
AFTER_A_FAILURE = 10.0


class Watch:
    """Look after a server until stopped; several programs may watch the same one."""

    def __init__(self, *, is_alive: Callable[[], bool], bring_up: Callable[[], None]):
        self._is_alive = is_alive
        self._bring_up = bring_up
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="database watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking, after what it may be doing now."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        pause = EVERY
        while not self._stopping.wait(pause):
            pause = EVERY
            if self._is_alive():
                continue
            try:
                self._bring_up()
            except (StoreError, OSError, psycopg2.Error) as error:
                logger.error("the embedded PostgreSQL is down: %s; trying again in %d s", error,
                             AFTER_A_FAILURE)
                pause = AFTER_A_FAILURE
