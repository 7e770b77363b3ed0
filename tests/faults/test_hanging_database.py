"""A PostgreSQL that hangs, as on a machine out of memory: all its processes are stopped."""

import hashlib
import socket
import threading
import time
from dataclasses import dataclass
from io import StringIO

import pytest
import requests
from fault_world import fault
from faults.stopped import served, stopped, wait_until
from publish.made_evidence import NOW, Evidence
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from seta.config import Settings
from seta.publish import analyze
from seta.store.embedded import FOR_TESTS, EmbeddedServer
from seta.store.engine import Limits, make_engine, make_sessions
from seta.store.migrations.upgrade import upgrade

READERS = 16
LIST = "/api/project/autoland/seta/job-priorities/?build_system_type=taskcluster"
FROM_MEMORY = (LIST, "/static/seta.css", "/__lbheartbeat__")
FROM_DATABASE = ("/api/v1/status", "/api/v1/projects", "/", "/data/jobnames/")
DOWN = 8         # seconds that the server is stopped
AT_ONCE = 1.0     # seconds in which what needs no database answers
NOT_AT_ALL = 5.0  # seconds in which what needs it is refused


@dataclass
class Answer:
    status: int
    seconds: float
    response: requests.Response


def ask(url, **more) -> Answer:
    began = time.monotonic()
    response = requests.request(more.pop("method", "GET"), url, timeout=60, **more)
    return Answer(response.status_code, time.monotonic() - began, response)


@pytest.fixture(scope="module")
def home(open_folder):
    return open_folder() / "home"


@pytest.fixture(scope="module")
def server_of_its_own(home):
    with EmbeddedServer(home, options=FOR_TESTS) as server:
        engine = make_engine(server.url)
        upgrade(engine)
        sessions = make_sessions(engine)
        evidence = Evidence(sessions).scope(is_archived=True).project("autoland")
        labels = [f"test-linux64/opt-mochitest-{number}" for number in (1, 2, 3)]
        evidence.caught("a" * 12, *labels[:2]).caught("b" * 12, labels[1]).passed(labels[2])
        analyze(sessions, "trunk", now=NOW, settings=Settings())
        engine.dispose()
        yield server


@pytest.fixture(scope="module")
def site(server_of_its_own):
    token = f"ann={hashlib.sha256(b'ann').hexdigest()}"
    with served(server_of_its_own.url, SETA_TOKENS=token) as address:
        wait_until(lambda: all(ask(address + LIST).status == 200 for _ in range(10)), 30)
        yield address


class Readers:
    """Many clients that ask for the status one request after the other."""

    def __init__(self, url):
        self._url = url
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

    def _read(self):
        while not self._is_over.is_set():
            self.answers.append(ask(self._url))
            time.sleep(0.05)


@fault("the database hangs: all its processes stand still, while 16 clients ask for the status",
       expected="lists, static files and /__lbheartbeat__ are answered within 1 s; what needs the "
                "database is answered 503 within 5 s, and good again within 10 s, without hands")
def test_while_the_database_hangs_lists_are_served_and_the_rest_is_refused(site, home, seen):
    """16 readers of the status took every thread, and a list had no answer for 75 seconds."""
    with Readers(site + "/api/v1/status") as readers:
        time.sleep(1)
        usual = max(ask(site + path).seconds for _ in range(5) for path in FROM_MEMORY)
        assert {answer.status for answer in readers.take()} == {200}

        with stopped(home):
            until, slow, at_once = time.monotonic() + DOWN, [], []
            while time.monotonic() < until:
                at_once += [ask(site + path) for path in FROM_MEMORY]
            slow = [ask(site + path) for path in FROM_DATABASE]
            writes = [ask(site + "/api/v1/scopes/trunk/analyze", method="POST", json={},
                          headers={"Authorization": f"Bearer {token}"})
                      for token in ("ann", "nobody")]
            health = ask(site + "/__heartbeat__")
        refused = readers.take()
        assert {answer.status for answer in at_once} == {200}
        seconds = sorted(answer.seconds for answer in at_once)
        # Other work on the machine may delay a few; none waits for the database.
        assert seconds[len(seconds) * 99 // 100] < AT_ONCE + usual
        assert seconds[-1] < NOT_AT_ALL
        assert {answer.status for answer in slow} == {503}
        assert [answer.status for answer in writes] == [503, 401]
        assert max(answer.seconds for answer in slow + writes) < NOT_AT_ALL
        assert (health.status, health.seconds < 2 + usual) == (503, True)
        assert {answer.status for answer in refused} <= {200, 503}
        assert max(answer.seconds for answer in refused) < NOT_AT_ALL + usual
        last = refused[-1].response
        assert last.json()["status"] == 503 and last.headers["Retry-After"] == "5"

        began = time.monotonic()
        wait_until(lambda: ask(site + "/__heartbeat__").status == 200, 10)
        back = time.monotonic() - began
        wait_until(lambda: all(ask(site + path).status == 200
                               for path in FROM_DATABASE * 3), 10)
    readers.take()
    assert all(ask(site + "/api/v1/status").status == 200 for _ in range(20))
    seen(f"From memory: {len(at_once):,} answers in {DOWN} s, the slowest after "
         f"{max(answer.seconds for answer in at_once):.2f} s. The rest: {len(refused):,} answers, "
         f"the slowest after {max(answer.seconds for answer in refused):.1f} s. Good again after "
         f"{back:.1f} s.")


IMPATIENT = Limits(connect=2, statement=1, lock=1)


def run_statement(connection):
    connection.execute(text("SELECT 1"))


def copy_a_line(connection):
    connection.connection.cursor().copy_expert("COPY lines FROM STDIN", StringIO("x\n"))


def commit(connection):
    connection.connection.commit()


def test_no_wait_for_a_stopped_server_is_longer_than_its_limit(server_of_its_own, home):
    """Its own time-outs hang with it, and the driver has none; COPY and commit wait too."""
    engine = make_engine(server_of_its_own.url, IMPATIENT)
    for wait in (run_statement, copy_a_line, commit):
        with engine.connect() as connection:
            connection.execute(text("CREATE TEMPORARY TABLE lines (line text)"))
            with stopped(home):
                began = time.monotonic()
                with pytest.raises(Exception, match="did not answer within 1.4 seconds"):
                    wait(connection)
                assert 1 < time.monotonic() - began < 5
            connection.invalidate()
    with stopped(home):
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


def test_a_slow_statement_is_ended_by_the_server_and_its_connection_stays_good(
    server_of_its_own
):
    engine = make_engine(server_of_its_own.url, IMPATIENT)
    with engine.connect() as connection:
        with pytest.raises(OperationalError, match="statement timeout"):
            connection.execute(text("SELECT pg_sleep(3)"))
        connection.rollback()
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()
