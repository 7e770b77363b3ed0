"""Starts that fail: half-made data, and what is said of why."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from embedded.servers import HOLDER, ask, folder_of, wait_for

from seta.errors import StoreError
from seta.store.embedded import FOR_TESTS, EmbeddedServer

pytestmark = pytest.mark.slow


def initdb_of(home: Path) -> int | None:
    """The id of the process that makes the data of this home."""
    for found in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = found.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"initdb") and os.fsencode(home) in b" ".join(words):
            return int(found.parent.name)
    return None


def test_a_killed_initdb_leaves_nothing_that_the_next_start_takes_for_data(new_home):
    program = subprocess.Popen([sys.executable, "-c", HOLDER, str(new_home)], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(lambda: list(new_home.glob("postgres/*/data*/PG_VERSION")), "initdb to write")
    pid = initdb_of(new_home)
    os.kill(program.pid, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)
    program.communicate()
    (version,) = new_home.glob("postgres/*/data*/PG_VERSION")

    with EmbeddedServer(new_home, options=FOR_TESTS) as server:
        assert ask(server, "SELECT 1") == 1
    assert version.parent.name != "data" and not version.exists()


@pytest.fixture
def stopped(home):
    with EmbeddedServer(home, options=FOR_TESTS) as server:
        folder = folder_of(server)
    return folder


def test_a_start_that_fails_says_why_in_the_words_of_this_start(home, stopped):
    with open(stopped / "postgres.log", "a") as log:
        log.write("2026-03-01 09:00:00 UTC [7] FATAL:  an old problem\n" * 5)
    with open(stopped / "data/postgresql.conf", "a") as conf:
        conf.write("nonsense = 1\n")
    with pytest.raises(StoreError, match="unrecognized configuration parameter") as caught:
        EmbeddedServer(home, options=FOR_TESTS).start()
    assert "an old problem" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_start_without_a_log_says_what_pg_ctl_says(home, stopped):
    (stopped / "postgres.log").unlink()
    (stopped / "postgres.log").mkdir()
    with pytest.raises(StoreError, match=r"postgres.log: (Is a directory|cannot create)"):
        EmbeddedServer(home, options=FOR_TESTS).start()


def test_a_start_that_failed_leaves_nothing_running_and_can_be_repeated(home, stopped):
    conf = stopped / "data/postgresql.conf"
    good = conf.read_text()
    conf.write_text(good + "nonsense = 1\n")
    server = EmbeddedServer(home, options=FOR_TESTS)
    with pytest.raises(StoreError):
        server.start()
    conf.write_text(good)
    with server:
        assert ask(server, "SELECT 1") == 1
