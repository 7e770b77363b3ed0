"""A PostgreSQL server that a test may stop, hang, kill and fill."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg2
from sqlalchemy import make_url

from seta.store.embedded.programs import find_programs, reachable_programs, server_user

PASSWORD = "password"   # the file that has it
OPTIONS = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB",
           "-c", "max_wal_size=64MB")


class Postgres:
    """A server on a port of the loopback interface, with its data below `folder`.

    They may be those of another one, `like`, that was stopped.
    """

    def __init__(self, folder: Path, *, like: Path | None = None, max_connections: int = 60):
        self._user = server_user()
        self._data = folder / "data"
        self._log = folder / "postgres.log"
        self._programs = reachable_programs(find_programs(), self._user, folder / "programs")
        self._max_connections = max_connections
        self.port = free_port()
        if like is None:
            self._create(folder)
        else:
            self._copy(like, folder)
        self._password = (folder / PASSWORD).read_text()

    def url(self, database: str = "postgres") -> str:
        return (f"postgresql+psycopg2://seta:{self._password}@127.0.0.1:{self.port}/{database}"
                "?sslmode=disable")

    def start(self) -> "Postgres":
        # Our own child, so that there is nothing left of it once it has been killed.
        with open(self._log, "a") as log:
            self._main = psutil.Popen(
                [self._programs / "postgres", "-D", self._data, "-p", str(self.port),
                 "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                 "-c", f"max_connections={self._max_connections}", *OPTIONS],
                stdout=log, stderr=log, **self._as_user())
        self.wait_until_it_answers()
        return self

    def stop(self) -> None:
        """Shut it down, as an administrator does."""
        self._main.send_signal(signal.SIGINT)
        self._main.wait(timeout=60)

    def kill(self) -> None:
        """Kill the server and all its backends, as a machine that loses power does."""
        if self._main.is_running():
            self._main.suspend()     # so that it starts no more backends while they are listed
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):    # it ends when the main one is gone
                process.kill()
        self._main.wait(timeout=60)

    @property
    def is_running(self) -> bool:
        return self._main.poll() is None

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def processes(self) -> list[psutil.Process]:
        """The server's processes, the main one first."""
        return [self._main, *self._main.children(recursive=True)] if self.is_running else []

    def kill_backend(self, database: str) -> None:
        """Kill one backend of a database, after which the server restarts all of them."""
        pid = self.ask("SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> "
                       "pg_backend_pid() LIMIT 1", database)
        os.kill(pid, signal.SIGKILL)

    def database(self, name: str, template: str = "template0") -> str:
        """Make a database; return its URL."""
        self.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def ask(self, statement: str, *values, database: str = "postgres"):
        """Execute a statement; return the first cell of the answer, if it has one."""
        connection = self.connect(database)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                row = cursor.fetchone() if cursor.description else None
                return row and row[0]
        finally:
            connection.close()

    def connect(self, database: str = "postgres"):
        url = make_url(self.url(database))
        return psycopg2.connect(host=url.host, port=url.port, user=url.username,
                                password=url.password, dbname=url.database, connect_timeout=10)

    def wait_until_it_answers(self, seconds: float = 30) -> None:
        limit = time.monotonic() + seconds
        while True:
            try:
                return self.ask("SELECT 1")
            except psycopg2.OperationalError:
                if time.monotonic() > limit:
                    raise
                time.sleep(.05)

    def _copy(self, like: Path, folder: Path) -> None:
        shutil.copy(like / PASSWORD, folder)
        shutil.copytree(like / self._data.name, self._data, symlinks=True)
        if self._user is not None:
            for path in (self._data, *self._data.rglob("*")):
                os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _create(self, folder: Path) -> None:
        password = folder / PASSWORD
        password.write_text(secrets.token_hex(16))  # other users of the machine reach the port too
        if self._user is not None:
            for path in (folder, password):
                os.chown(path, self._user.pw_uid, self._user.pw_gid)
        done = subprocess.run(
            [self._programs / "initdb", "-D", self._data, "-U", "seta", "-E", "UTF8", "--locale=C",
             "-N", "--auth=scram-sha-256", f"--pwfile={password}"],
            capture_output=True, text=True, **self._as_user())
        assert done.returncode == 0, done.stderr

    def _as_user(self) -> dict:
        """How a program of the server is started: PostgreSQL refuses to run as root."""
        user = {} if self._user is None else {
            "user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        return {"stdin": subprocess.DEVNULL, "cwd": "/", "start_new_session": True,
                "env": {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}, **user}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
