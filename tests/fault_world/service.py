"""A real `seta serve`, and readers that ask it all the time."""

import hashlib
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
from preloaded import SETA, Program
from sqlalchemy import make_url

from .commands import environment
from .postgres import free_port

TOKEN = "a token of the faults"
TOKENS = f"faults={hashlib.sha256(TOKEN.encode()).hexdigest()}"
LISTS = "/api/project/autoland/seta/job-priorities/?build_system_type=taskcluster&priority=5"
STATUS = "/api/v1/status"
NO_ANSWER = 0


@dataclass(frozen=True)
class Answer:
    status: int        # NO_ANSWER: the connection was refused, cut off or too slow
    body: bytes
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def json(self):
        return json.loads(self.body)


class Service:
    """A server at 127.0.0.1, and what one needs to break it."""

    def __init__(self, process: Program, port: int):
        self.process = psutil.Process(process.pid)
        self.port = port
        self.address = f"http://127.0.0.1:{port}"

    def get(self, path: str, *, timeout: float = 20) -> Answer:
        return self.ask("GET", path, timeout=timeout)

    def put(self, path: str, value) -> Answer:
        return self.ask("PUT", path, value)

    def post(self, path: str, value, *, token: str = TOKEN) -> Answer:
        return self.ask("POST", path, value, token=token)

    def ask(self, method: str, path: str, value=None, *, timeout: float = 20,
            token: str = TOKEN) -> Answer:
        """Ask on a connection of its own, once; `timeout` is for the whole answer."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json",
                   "Connection": "close"}
        try:
            connection.request(method, path, None if value is None else json.dumps(value), headers)
            answer = connection.getresponse()
            status, body, its_headers = answer.status, answer.read(), answer.headers
        except (OSError, http.client.HTTPException):
            status, body, its_headers = NO_ANSWER, b"", {}
        finally:
            connection.close()
        return Answer(status, body, time.monotonic() - began, its_headers)

    def web_processes(self) -> list[psutil.Process]:
        return self.process.children()

    def wait_until_all_have_loaded(self, database_port: int, seconds: float = 30) -> None:
        """Wait until every web process has asked the database for the lists."""
        limit = time.monotonic() + seconds
        while not all(has_connection(each, database_port) for each in self.web_processes()):
            assert time.monotonic() < limit, "a web process has not loaded the lists"
            time.sleep(.05)
        time.sleep(.2)

    def wait_for(self, path: str, status: int = 200, seconds: float = 30) -> float:
        """Ask until the answer has this status; return how long that took."""
        began = time.monotonic()
        while (answer := self.get(path)).status != status:
            assert time.monotonic() - began < seconds, (
                f"{path} still answers {answer.status} after {seconds:g} s: {answer.body[:300]}")
            time.sleep(.05)
        return time.monotonic() - began


def has_connection(process: psutil.Process, port: int) -> bool:
    return any(each.raddr and each.raddr.port == port for each in process.net_connections())


@dataclass
class Answers:
    """What a reader got: how often each status, and the longest wait for one."""

    statuses: Counter = field(default_factory=Counter)
    longest: float = 0
    bodies: Counter = field(default_factory=Counter)  # of good answers

    def add(self, answer: Answer) -> None:
        self.statuses[answer.status] += 1
        self.longest = max(self.longest, answer.seconds)
        if answer.status == 200:
            self.bodies[answer.body] += 1

    @property
    def total(self) -> int:
        return self.statuses.total()

    @property
    def are_good(self) -> bool:
        return self.total > 0 and set(self.statuses) == {200}

    def __str__(self) -> str:
        return f"{self.total:,} answers, the slowest after {self.longest:.2f} s"


@contextmanager
def reading(service: Service, *paths: str, every: float = .03) -> Iterator[dict[str, Answers]]:
    """Ask for each path all the time, one reader each, while the block runs."""
    found = {path: Answers() for path in paths}
    is_over = threading.Event()

    def read(path: str) -> None:
        while not is_over.wait(every):
            found[path].add(service.get(path))

    readers = [threading.Thread(target=read, args=(path,)) for path in paths]
    for reader in readers:
        reader.start()
    try:
        yield found
    finally:
        is_over.set()
        for reader in readers:
            reader.join(60)


@contextmanager
def serving(
    database: str, *, open_files: int | None = None, **settings: str
) -> Iterator[Service]:
    """Run `seta serve` on a database, with so many open files at most."""
    port = free_port()
    usual = {"SETA_TOKENS": TOKENS, "SETA_WRITES_PER_MINUTE": "1000000"}
    process = SETA.start("serve", is_heard=False, open_files=open_files, environment=environment(
        database, PORT=str(port), SETA_HOST="127.0.0.1", **usual | settings))
    service = Service(process, port)
    try:
        service.wait_for(STATUS)
        if database and make_url(database).port:
            service.wait_until_all_have_loaded(make_url(database).port)
        yield service
    finally:
        if not database:             # the embedded server ends with it
            process.terminate()
        else:
            for each in [*service.web_processes(), service.process]:
                each.kill()
        process.wait(timeout=60)
