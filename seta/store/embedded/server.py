"""A PostgreSQL of our own, for `make run`, a trial and the tests.

It listens on a Unix socket only, and lets in only the person who runs it. Programs that use the
same folder share one server; the last one to leave stops it.
"""

import atexit
import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from ...errors import StoreError
from .cluster import RECOVERY, Cluster
from .locks import Users, start_lock
from .places import SOCKET_NAME, choose_places, socket_folder
from .processes import postmaster_state, running_postmaster

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

    from .watch import Watch

logger = logging.getLogger(__name__)

FOR_TESTS = ("-c fsync=off -c synchronous_commit=off -c full_page_writes=off "
             "-c max_connections=200")
PATIENCE = 30
# Answers of a server that is alive and well.
NO_FREE_CONNECTION = ("too many clients", "remaining connection slots")


class EmbeddedServer:
    """Start with `start`, or use as a context manager; `url` is its database `seta`.

    `patience` is how many seconds a server that hangs has to answer or to stop.
    """

    def __init__(
        self, home: Path, *, postgres_bin: str = "", options: str = "", patience: int = PATIENCE,
    ):
        self._places, self._programs = choose_places(home, postgres_bin)
        self._cluster = Cluster(self._places, self._programs, options, patience)
        self._patience = patience
        self._socket = self._places.root
        self._users: Users | None = None
        self._watch: Watch | None = None

    @property
    def url(self) -> str:
        """The database's address, once started; it accepts only our own server's answer."""
        return (f"postgresql+psycopg2:///seta?host={quote(str(self._socket))}&user=seta"
                f"&requirepeer={quote(self._programs.user_name)}")

    @property
    def _socket_path(self) -> Path:
        return self._socket / SOCKET_NAME

    def start(self, *, watch: bool = False) -> "EmbeddedServer":
        """Start the server unless it runs already; with `watch`, also whenever it dies.

        Raises StoreError, which says why, where it does not start.
        """
        with start_lock(self._places.start_lock):
            self._users = Users(self._places.users_lock)
            self._users.join()
            try:
                self._bring_up()
            except BaseException:
                self._leave()
                raise
        atexit.register(self._stop_at_exit, os.getpid())
        if watch:
            self.watch()
        return self

    def watch(self) -> None:
        """Bring the server back whenever it dies, from now until `stop`.

        In each process of a program that forks: threads do not survive a fork.
        """
        from .watch import Watch

        self._watch = Watch(is_alive=self._is_alive, bring_up=self._bring_back)

    def stop(self) -> None:
        """Stop using the server; shut it down if no other program uses it.

        Calling it again does nothing.
        """
        if self._users is None:
            return
        if self._watch is not None:
            self._watch.stop()
        with start_lock(self._places.start_lock):
            self._leave()
        atexit.unregister(self._stop_at_exit)

    def __enter__(self) -> "EmbeddedServer":
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _stop_at_exit(self, pid: int) -> None:
        if pid != os.getpid():
            return  # a process that was forked from the one that started it
        try:
            self.stop()
        except (StoreError, OSError) as error:
            logger.error("the embedded PostgreSQL was not stopped: %s", error)

    def _leave(self) -> None:
        users, self._users = self._users, None
        if users is not None and users.leave():
            self._cluster.shut_down()

    def _is_alive(self) -> bool:
        return running_postmaster(self._places.data) is not None and self._socket_path.exists()

    def _bring_back(self) -> None:
        with start_lock(self._places.start_lock):
            if self._is_alive():
                return  # another program was quicker
            self._bring_up()
            logger.warning("the embedded PostgreSQL had died; it is running again")

    def _bring_up(self) -> None:
        """Leave a server that answers alone; else clear away what is left of one, and start it."""
        self._socket = socket_folder(self._places, self._programs.user)
        self._cluster.limit_access()
        if not self._answers():
            self._cluster.shut_down()
            self._cluster.create()
            self._cluster.limit_access()
            self._cluster.start(self._socket)
        self._create_database()

    def _answers(self) -> bool:
        """Return whether the server answers; one that still starts or recovers is waited for."""
        import psycopg2  # only here: the rest works without it

        started, is_recovering = time.monotonic(), False
        while time.monotonic() - started < (RECOVERY if is_recovering else self._patience):
            try:
                self._connect().close()
                return True
            except psycopg2.OperationalError as error:
                reason = str(error)
            if any(words in reason for words in NO_FREE_CONNECTION):
                return True
            state = postmaster_state(self._places.data)
            is_lost = state == "ready" and not self._socket_path.exists()
            if running_postmaster(self._places.data) is None or is_lost:
                return False
            is_recovering = "the database system is" in reason and state != "stopping"
            time.sleep(0.1)
        if is_recovering:
            raise StoreError(f"the embedded PostgreSQL in {self._places.data} is still recovering "
                             f"after {RECOVERY} s: {self._places.log} says more; try again later")
        logger.warning("the embedded PostgreSQL runs but does not answer; restarting it: %s",
                       reason.strip())
        return False

    def _connect(self) -> "Connection":
        import psycopg2

        return psycopg2.connect(host=str(self._socket), user="seta", dbname="postgres",
                                requirepeer=self._programs.user_name, connect_timeout=5)

    def _create_database(self) -> None:
        import psycopg2

        try:
            connection = self._connect()
            try:
                connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'seta'")
                    if cursor.fetchone() is None:
                        cursor.execute("CREATE DATABASE seta")
            finally:
                connection.close()
        except psycopg2.Error as error:
            raise StoreError(f"the embedded PostgreSQL in {self._places.data} does not let SETA "
                             f"make its database: {str(error).strip()}") from error
