"""After a crash of the server, or of parts of it, the next start works."""

import os
import signal
import subprocess
import threading

import psycopg2
import pytest
from embedded.servers import (
    ENDLESS, ask, connect, folder_of, hold, is_alive, let_go, server_pid, wait_for,
)

from seta.store.embedded import FOR_TESTS, EmbeddedServer

pytestmark = pytest.mark.slow


@pytest.fixture
def server(home):
    """A server that is in use by this test; it is given up without a word."""
    server = EmbeddedServer(home, options=FOR_TESTS, patience=1).start()
    yield server
    server.stop()


def again(home) -> EmbeddedServer:
    return EmbeddedServer(home, options=FOR_TESTS, patience=1)


def backend(connection) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def frozen_backend(server) -> int:
    """A process of the server that reacts to nothing, so that no polite stop ends."""
    connection = connect(server)
    pid = backend(connection)
    os.kill(pid, signal.SIGSTOP)  # while it is connected
    connection.close()
    return pid


def endless_backend(server) -> int:
    """A process of the server that does not notice the death of the server."""
    connection = connect(server)
    pid = backend(connection)

    def run():
        try:
            connection.cursor().execute(ENDLESS)
        except psycopg2.Error:
            pass

    threading.Thread(target=run, daemon=True).start()
    wait_for(lambda: ask(server, "SELECT query FROM pg_stat_activity WHERE pid = "
                                 f"{pid}") == ENDLESS, "the endless query")
    return pid


def test_a_server_whose_fast_stop_hangs_is_stopped_all_the_same(home, server):
    pid = server_pid(server)
    frozen = frozen_backend(server)
    server.stop()
    wait_for(lambda: not is_alive(pid) and not is_alive(frozen), "their end")


def test_a_server_that_never_finished_its_shutdown_is_restarted(home, server):
    before = server_pid(server)
    frozen = frozen_backend(server)
    os.kill(before, signal.SIGINT)  # a fast stop
    wait_for(lambda: "stopping" in (folder_of(server) / "data/postmaster.pid").read_text(),
             "the stop to begin")

    with again(home) as other:
        assert ask(other, "SELECT 1") == 1
        assert server_pid(other) != before
    wait_for(lambda: not is_alive(before) and not is_alive(frozen), "their end")


def test_a_server_that_runs_but_cannot_be_reached_is_restarted(home, server):
    before = server_pid(server)
    (folder_of(server) / ".s.PGSQL.5432").unlink()

    with again(home) as other:
        assert ask(other, "SELECT 1") == 1
        assert server_pid(other) != before
    assert not is_alive(before)


def test_a_killed_backend_is_recovered_from_without_a_restart_of_ours(home, server):
    before = server_pid(server)
    connection = connect(server)
    os.kill(backend(connection), signal.SIGKILL)  # while it is connected
    with again(home) as other:
        assert ask(other, "SELECT 1") == 1
        assert server_pid(other) == before
    connection.close()


def test_orphans_of_a_killed_server_are_ended_and_named(home, server, caplog):
    before, orphan = server_pid(server), endless_backend(server)
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: not is_alive(before), "the server to die")
    assert is_alive(orphan)

    with again(home) as other:
        assert ask(other, "SELECT 1") == 1
    assert not is_alive(orphan)
    assert str(orphan) in caplog.text


@pytest.fixture
def stranger(server):
    """A living process of the server's user that is no PostgreSQL."""
    user = os.stat(folder_of(server) / "data").st_uid
    as_user = {} if user == os.geteuid() else {"user": user}
    process = subprocess.Popen(["sleep", "600"], **as_user)
    yield process
    process.kill()
    process.wait()


def test_what_a_crash_left_of_the_pid_file_is_seen_through(home, server, stranger):
    path = folder_of(server) / "data/postmaster.pid"
    for text in ("", "garbage\n", "-1\n", None):
        lines = path.read_text().splitlines()
        pid = int(lines[0])
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda pid=pid: not is_alive(pid), "the server to die")
        path.write_text("\n".join([str(stranger.pid), *lines[1:]]) if text is None else text)

        other = again(home).start()
        assert ask(other, "SELECT 1") == 1, text
        other.stop()
    assert stranger.poll() is None


def test_a_stop_does_not_signal_a_stranger_with_the_dead_servers_id(home, server, stranger):
    path = folder_of(server) / "data/postmaster.pid"
    lines = path.read_text().splitlines()
    os.kill(int(lines[0]), signal.SIGKILL)
    wait_for(lambda: not is_alive(int(lines[0])), "the server to die")
    path.write_text("\n".join([str(stranger.pid), *lines[1:]]))
    server.stop()
    assert stranger.poll() is None


def test_two_programs_that_start_after_a_crash_share_one_server(home, server):
    before, _ = server_pid(server), endless_backend(server)
    os.kill(before, signal.SIGKILL)
    holders = [hold(home), hold(home)]
    assert server_pid(server) != before
    assert ask(server, "SELECT 1") == 1
    for each in holders:
        let_go(each)
