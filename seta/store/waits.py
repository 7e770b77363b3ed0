"""Limits on waiting for the database that hold even while its server is stopped.

A server that hangs enforces none of its time-outs, and the driver limits nothing but connecting.
So a thread of ours watches each wait, and shuts the connection's socket down when the limit has
passed: the wait then ends with OperationalError, as it does when the server dies. That works
for statements, COPY and commits, on Unix sockets and on TCP.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

from psycopg2 import Error, OperationalError
from psycopg2.extensions import connection, cursor

TICK = 0.1           # seconds between two looks at the clock
LINGER = 5.0         # seconds without a wait after which the thread ends


class Wait:
    """One call into the driver that has not come back yet."""

    def __init__(self, file: int, limit: float):
        self.limit = limit
        self.until = monotonic() + limit
        self.is_cut = False
        self._file = os.dup(file)  # the driver closes its own when the server dies

    def cut(self) -> None:
        """End the wait: what is read or written there fails from now on."""
        self.is_cut = True
        with socket.socket(fileno=os.dup(self._file)) as its_socket:
            its_socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        os.close(self._file)


class Watchdog:
    """Cuts the waits that take longer than they may. Its thread runs only while there are any."""

    def __init__(self) -> None:
        self._waits: set[Wait] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watch(self, file: int, limit: float) -> Iterator[None]:
        """Let the block wait on a socket for at most `limit` seconds; then OperationalError."""
        wait = Wait(file, limit)
        with self._lock:
            self._waits.add(wait)
            if self._thread is None or not self._thread.is_alive():  # as after a fork
                self._thread = threading.Thread(target=self._run, daemon=True, name="watchdog")
                self._thread.start()
        try:
            yield
        except Error as error:
            if wait.is_cut:
                raise OperationalError(
                    f"the database did not answer within {limit:g} seconds") from error
            raise
        finally:
            with self._lock:
                self._waits.remove(wait)
                wait.close()

    def _run(self) -> None:
        idle_since = monotonic()
        while True:
            sleep(TICK)
            with self._lock:
                now = monotonic()
                for wait in self._waits:
                    if wait.until <= now and not wait.is_cut:
                        wait.cut()
                if self._waits:
                    idle_since = now
                elif now - idle_since > LINGER:
                    self._thread = None
                    return


class WatchedConnection(connection):
    """A connection whose every wait is limited to `wait_limit` seconds."""

    usual_limit: float
    wait_limit: float
    answered_at: float       # by the monotonic clock
    watchdog: Watchdog

    @contextmanager
    def limited(self) -> Iterator[None]:
        if self.closed:
            yield   # it fails by itself
            return
        with self.watchdog.watch(self.fileno(), self.wait_limit):
            yield
        self.answered_at = monotonic()

    def commit(self) -> None:
        with self.limited():
            super().commit()

    def rollback(self) -> None:
        with self.limited():
            super().rollback()


class WatchedCursor(cursor):
    connection: WatchedConnection

    def execute(self, query: Any, vars: Any = None) -> None:
        with self.connection.limited():
            super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Any) -> None:
        with self.connection.limited():
            super().executemany(query, vars_list)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        with self.connection.limited():
            super().copy_expert(sql, file, size)

    # A cursor with a name is one of the server, which is asked for each part.

    def fetchone(self) -> Any:
        if self.name is None:
            return super().fetchone()
        with self.connection.limited():
            return super().fetchone()

    def fetchmany(self, size: int | None = None) -> list[Any]:
        count = self.arraysize if size is None else size
        if self.name is None:
            return super().fetchmany(count)
        with self.connection.limited():
            return super().fetchmany(count)

    def fetchall(self) -> list[Any]:
        if self.name is None:
            return super().fetchall()
        with self.connection.limited():
            return super().fetchall()


def connection_factory(wait_limit: float) -> Callable[..., WatchedConnection]:
    """Return what makes the connections of one engine; they share a watchdog."""
    watchdog = Watchdog()

    def connect(dsn: str, **options: Any) -> WatchedConnection:
        made = WatchedConnection(dsn, **options)
        made.watchdog, made.usual_limit = watchdog, wait_limit
        made.wait_limit, made.answered_at = wait_limit, monotonic()
        return made
    return connect
