"""What the tests of the embedded server do with it: ask, hold it in another program, kill it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2
from sqlalchemy import make_url

from seta.store.embedded import EmbeddedServer

HOLDER = """
import sys
from pathlib import Path
from seta.store.embedded import FOR_TESTS, EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), options=FOR_TESTS).start()
print(server.url, flush=True)
sys.stdin.read()
"""
ENDLESS = "DO $$ BEGIN LOOP END LOOP; END $$"


def hold(home: Path) -> subprocess.Popen:
    """Start another program that uses the server until its input ends."""
    program = subprocess.Popen([sys.executable, "-c", HOLDER, str(home)], text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert program.stdout.readline().startswith("postgresql")
    return program


def let_go(program: subprocess.Popen) -> None:
    program.stdin.close()
    assert program.wait(timeout=60) == 0


def folder_of(server: EmbeddedServer) -> Path:
    """The folder of the server's socket; its data are there too, unless the path is long."""
    return Path(make_url(server.url).query["host"])


def connect(server: EmbeddedServer):
    return psycopg2.connect(host=str(folder_of(server)), user="seta", dbname="seta")


def ask(server: EmbeddedServer, query: str):
    connection = connect(server)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def server_pid(server: EmbeddedServer) -> int | None:
    """The id of the running server, read from the file that it keeps."""
    try:
        pid = int((folder_of(server) / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
        return pid
    except (FileNotFoundError, ProcessLookupError):
        return None


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(is_true: Callable[[], object], what: str, seconds: float = 120):
    """Wait until it is true, and return what it gave."""
    end = time.monotonic() + seconds
    while True:
        found = is_true()
        if found:
            return found
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.02)
