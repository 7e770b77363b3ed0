"""What a command works with: the settings, the log and a connected database."""

import getpass
import logging
import sys
from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from ..config import Settings
from ..store.embedded import EmbeddedServer
from ..store.engine import check_connection, make_engine, make_sessions
from ..store.migrations.upgrade import check_version, upgrade
from ..store.operation.liveness import stop_ended_runs


class Program:
    """One run of a command; it connects to the database when the command first needs it."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self._server: EmbeddedServer | None = None
        start_log(settings.log_level)

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @cached_property
    def database_url(self) -> str:
        """DATABASE_URL, or else the address of the embedded server, which is started."""
        if self.settings.database_url:
            return self.settings.database_url
        self._server = EmbeddedServer(
            self.settings.home_path, postgres_bin=self.settings.postgres_bin).start()
        return self._server.url

    def watch_database(self) -> bool:
        """Bring the embedded server back whenever it dies; return whether there is one.

        In each process of a program that forks.
        """
        if self.settings.database_url:
            return False
        assert self.database_url and self._server  # started
        self._server.watch()
        return True

    @cached_property
    def unchecked_engine(self) -> Engine:
        """A connected engine, whatever the version of its tables."""
        engine = make_engine(self.database_url)
        check_connection(engine)
        return engine

    @cached_property
    def engine(self) -> Engine:
        """Raises StoreError, which says what to do, when the tables are of another version."""
        if self._server is not None or not self.settings.database_url:
            upgrade(self.unchecked_engine)
        check_version(self.unchecked_engine)
        return self.unchecked_engine

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        """Sessions of the database; runs that a killed program left running are marked first."""
        sessions = make_sessions(self.engine)
        stop_ended_runs(sessions, now=self.now)
        return sessions

    def close(self) -> None:
        """Close the connections; the embedded server stops with its last user."""
        if "unchecked_engine" in self.__dict__:
            self.unchecked_engine.dispose()
        if self._server is not None:
            self._server.stop()

    @property
    def has_terminal(self) -> bool:
        """Whether a person is watching, so that progress is worth showing."""
        return sys.stderr.isatty()


def start_log(level: str) -> None:
    """Write to stderr, our own lines from `level` up and others' from WARNING up."""
    logging.basicConfig(
        level="WARNING", format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", force=True)
    logging.getLogger("seta").setLevel(level)
    # It warns of each retry; we log the outcome.
    logging.getLogger("urllib3").setLevel("ERROR")


def operator() -> str:
    """Return the person at the keyboard, for the audit log."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"
