"""A PostgreSQL that hangs, as on a machine out of memory: all its processes are stopped."""

import socket
import threading
import time
from contextlib import contextmanager, suppress
from io import StringIO

import psutil
import pytest
from fault_world import LISTS, STATUS, TOKEN, fault
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from seta.store.engine import Limits, make_engine

READERS = 16
HEALTH = "/__heartbeat__"
FROM_MEMORY = (LISTS, "/static/seta.css", "/__lbheartbeat__")
FROM_DATABASE = (STATUS, "/api/v1/projects", "/", "/data/jobnames/")
ANALYZE = "/api/v1/scopes/trunk/analyze"
DOWN = 7          # seconds that the server is stopped
AT_ONCE = 1.0     # seconds in which what needs no database answers
NOT_AT_ALL = 5.0  # seconds in which what needs it is refused


@contextmanager
def stopped(postgres):
    """Stop every process of a server, as when its machine hangs; let them go on afterwards."""
    found = postgres.processes()
    try:
        for process in found:
            process.suspend()
        yield
    finally:
        for process in found:
            with suppress(psutil.NoSuchProcess):   # it ended meanwhile, with its connection
                process.resume()


class Readers:
    """Many clients that ask for the status one request after the other."""

    def __init__(self, service):
        self._service = service
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(READERS)]
        self.answers = []

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def take(self):
        """Return the answers since the last call."""
        taken, self.answers = self.answers, []
        return taken

    def wait_until_all_is_well(self):
        """Wait for a second of good answers: connections that other tests broke come up first."""
        limit, statuses = time.monotonic() + 30, set()
        while statuses != {200}:
            assert time.monotonic() < limit, statuses
            time.sleep(1)
            statuses = {answer.status for answer in self.take()}

    def _read(self):
        while not self._is_over.is_set():
            self.answers.append(self._service.get(STATUS))
            time.sleep(0.05)


@fault("the database hangs: all its processes stand still, while 16 clients ask for the status",
       expected="lists, static files and /__lbheartbeat__ are answered within 1 s; what needs the "
                "database is answered 503 within 5 s, and good again within 10 s, without hands")
def test_while_the_database_hangs_lists_are_served_and_the_rest_is_refused(
    service, postgres, lateness, seen
):
    """16 readers of the status took every thread, and a list had no answer for 75 seconds."""
    with Readers(service) as readers:
        readers.wait_until_all_is_well()
        with stopped(postgres):
            until, at_once = time.monotonic() + DOWN, []
            while time.monotonic() < until:
                at_once += [service.get(path) for path in FROM_MEMORY]
                time.sleep(.01)
            slow = [service.get(path) for path in FROM_DATABASE]
            writes = [service.post(ANALYZE, {}, token=token) for token in (TOKEN, "nobody's")]
            health = service.get(HEALTH)
        refused = readers.take()
        assert {answer.status for answer in at_once} == {200}
        seconds = sorted(answer.seconds for answer in at_once)
        # Other work on the machine may delay a few; none waits for the database.
        assert seconds[len(seconds) * 99 // 100] < lateness.allows(AT_ONCE)
        assert seconds[-1] < lateness.allows(NOT_AT_ALL)
        assert {answer.status for answer in slow} == {503}
        assert [answer.status for answer in writes] == [503, 401]
        assert max(answer.seconds for answer in slow + writes) < lateness.allows(NOT_AT_ALL)
        assert health.status == 503 and health.seconds < lateness.allows(2)
        assert {answer.status for answer in refused} <= {200, 503}
        assert max(answer.seconds for answer in refused) < lateness.allows(NOT_AT_ALL)
        last = refused[-1]
        assert last.json["status"] == 503 and last.headers["Retry-After"] == "5"

        back = service.wait_for(HEALTH, seconds=lateness.allows(10))
        for path in FROM_DATABASE * 3:
            service.wait_for(path, seconds=lateness.allows(10))
    readers.take()
    assert all(service.get(STATUS).status == 200 for _ in range(20))
    seen(f"From memory: {len(at_once):,} answers in {DOWN} s, the slowest after "
         f"{seconds[-1]:.2f} s. The rest: {len(refused):,} answers, the slowest after "
         f"{max(answer.seconds for answer in refused):.1f} s. Good again after {back:.1f} s.")


IMPATIENT = Limits(connect=2, statement=1, lock=1)


def run_statement(connection):
    connection.execute(text("SELECT 1"))


def copy_a_line(connection):
    connection.connection.cursor().copy_expert("COPY lines FROM STDIN", StringIO("x\n"))


def commit(connection):
    connection.connection.commit()


def test_no_wait_for_a_stopped_server_is_longer_than_its_limit(new_database, postgres, lateness):
    """Its own time-outs hang with it, and the driver has none; COPY and commit wait too."""
    engine = make_engine(new_database(), IMPATIENT)
    for wait in (run_statement, copy_a_line, commit):
        with engine.connect() as connection:
            connection.execute(text("CREATE TEMPORARY TABLE lines (line text)"))
            with stopped(postgres):
                began = time.monotonic()
                with pytest.raises(Exception, match="did not answer within 1.4 seconds"):
                    wait(connection)
                assert 1 < time.monotonic() - began < lateness.allows(5)
            connection.invalidate()
    with stopped(postgres):
        with pytest.raises(OperationalError, match="timeout expired"):  # a new connection
            engine.connect()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_a_machine_that_accepts_connections_and_says_nothing_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = make_engine(
            f"postgresql+psycopg2://x@127.0.0.1:{silent.getsockname()[1]}/x", IMPATIENT)
        with pytest.raises(OperationalError, match="timeout expired"):
            engine.connect()


def test_a_slow_statement_is_ended_by_the_server_and_its_connection_stays_good(new_database):
    engine = make_engine(new_database(), IMPATIENT)
    with engine.connect() as connection:
        with pytest.raises(OperationalError, match="statement timeout"):
            connection.execute(text("SELECT pg_sleep(3)"))
        connection.rollback()
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()
