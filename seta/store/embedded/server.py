"""A PostgreSQL of our own, for `make run`, a trial and the tests.

It listens on a Unix socket only. Programs that use the same folder share one server; the last
one to leave stops it.
"""

import atexit
import hashlib
import logging
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import StoreError
from .locks import Users, start_lock
from .programs import find_programs, is_reachable, reachable_programs, server_user

logger = logging.getLogger(__name__)

FALLBACK_ROOT = Path("/var/lib/seta")
MAX_SOCKET_PATH = 107 - len("/.s.PGSQL.5432")
FOR_TESTS = ("-c fsync=off -c synchronous_commit=off -c full_page_writes=off "
             "-c max_connections=200")


@dataclass(frozen=True)
class Places:
    """Where the server keeps its files."""

    root: Path     # everything below; owned by the user that runs the server
    programs: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "postgres.log"

    @property
    def socket(self) -> Path:
        if len(str(self.root)) <= MAX_SOCKET_PATH:
            return self.root
        digest = hashlib.sha256(str(self.root).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"seta-{digest}"


class EmbeddedServer:
    """Start with `start`, or use as a context manager; `url` is its database `seta`."""

    def __init__(self, home: Path, *, postgres_bin: str = "", options: str = ""):
        self._options = options
        self._user = server_user()
        self._places = _choose_places(home, postgres_bin, self._user)
        self._users: Users | None = None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg2:///seta?host={self._places.socket}&user=seta"

    def start(self) -> "EmbeddedServer":
        with start_lock(self._places.root / "start.lock"):
            self._users = Users(self._places.root / "users.lock")
            self._users.join()
            if not self._is_running():
                self._create_cluster()
                self._start_server()
            self._create_database()
        atexit.register(self.stop, os.getpid())
        return self

    def stop(self, only_in: int | None = None) -> None:
        """Stop using the server; shut it down if no other program uses it.

        Calling it again does nothing.
        """
        if self._users is None or (only_in is not None and only_in != os.getpid()):
            return
        users, self._users = self._users, None
        with start_lock(self._places.root / "start.lock"):
            if users.leave():
                self._run("pg_ctl", "stop", "-D", str(self._places.data), "-m", "fast", "-w")
        atexit.unregister(self.stop)

    def __enter__(self) -> "EmbeddedServer":
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _is_running(self) -> bool:
        # pg_ctl also says 3 where the pid file is that of a server that was killed.
        return self._run("pg_ctl", "status", "-D", str(self._places.data)).returncode == 0

    def _create_cluster(self) -> None:
        if (self._places.data / "PG_VERSION").exists():
            return
        # A data folder without PG_VERSION is what a killed initdb left.
        shutil.rmtree(self._places.data, ignore_errors=True)
        done = self._run("initdb", "-D", str(self._places.data), "--auth=trust", "-E", "UTF8",
                         "--locale=C", "-U", "seta")
        if done.returncode:
            raise StoreError(f"initdb could not make {self._places.data}: {done.stderr.strip()}")
        logger.info("made an embedded PostgreSQL cluster in %s", self._places.data)

    def _start_server(self) -> None:
        socket = self._places.socket
        socket.mkdir(mode=0o700, parents=True, exist_ok=True)
        _give(socket, self._user)
        options = f"-k {socket} -c listen_addresses='' {self._options}"
        done = self._run("pg_ctl", "start", "-D", str(self._places.data), "-w", "-t", "60",
                         "-l", str(self._places.log), "-o", options)
        if done.returncode:
            raise StoreError(f"the embedded PostgreSQL in {self._places.data} did not start: "
                             f"{_tail(self._places.log)}")

    def _create_database(self) -> None:
        import psycopg2  # only here: the rest works without it

        with_postgres = psycopg2.connect(
            host=str(self._places.socket), user="seta", dbname="postgres")
        try:
            with_postgres.autocommit = True
            with with_postgres.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'seta'")
                if cursor.fetchone() is None:
                    cursor.execute("CREATE DATABASE seta")
        finally:
            with_postgres.close()

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        as_user: dict[str, Any] = {}
        if self._user is not None:
            as_user = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        # A file, not a pipe: the server inherits it, and a pipe would never end.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(self._places.programs / program), *arguments], stdout=output, stderr=output,
                stdin=subprocess.DEVNULL, cwd="/", start_new_session=True,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}, **as_user)
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, "", output.read())


def _choose_places(home: Path, postgres_bin: str, user: pwd.struct_passwd | None) -> Places:
    root = home / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    if user is not None and not is_reachable(home, user):
        digest = hashlib.sha256(str(home).encode()).hexdigest()[:16]
        root = FALLBACK_ROOT / digest
        logger.warning("the embedded PostgreSQL runs as %s, which cannot reach %s: its data is "
                       "in %s", user.pw_name, home, root)
    root.mkdir(parents=True, exist_ok=True, mode=0o755)
    programs = reachable_programs(find_programs(postgres_bin), user, FALLBACK_ROOT / "programs")
    # The server's own major version is part of the place: another one cannot read the data.
    version = subprocess.run([str(programs / "postgres"), "--version"], capture_output=True,
                             text=True).stdout.split()
    root = root / (version[2].split(".")[0] if len(version) > 2 else "unknown")
    root.mkdir(exist_ok=True, mode=0o700)
    _give(root, user)
    return Places(root=root, programs=programs)


def _give(folder: Path, user: pwd.struct_passwd | None) -> None:
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)


def _tail(log: Path) -> str:
    try:
        return " | ".join(log.read_text(errors="replace").splitlines()[-5:])
    except OSError as error:
        return str(error)
