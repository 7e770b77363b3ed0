"""A loopback server that answers what a test tells it to, and Buildbot masters."""

import json
import shutil
import socket
import socketserver
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from clients.buildbot_master import BLOCKS, PATIENCE, Master

from seta.clients import http
from seta.clients.breaker import BREAKER

REASONS = {200: "OK", 201: "Created"}


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict
    body: bytes

    @property
    def path(self):
        return urlsplit(self.target).path

    @property
    def query(self):
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def records(self):
        return [json.loads(line) for line in self.body.splitlines()]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; ``raw`` is sent instead of it, ``pause`` waits before each byte."""

    status: int = 200
    body: object = None
    headers: dict = field(default_factory=dict)
    raw: bytes | None = None
    pause: float = 0.0
    cut: int = 0   # bytes to leave out at the end

    def as_bytes(self):
        if self.raw is not None:
            return self.raw
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        headers = {"Content-Type": "application/json", "Content-Length": len(body),
                   "Connection": "close", **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Other')}\r\n{lines}\r\n"
        whole = head.encode() + body
        return whole[:len(whole) - self.cut]


def read_request(stream):
    method, target, _version = stream.readline().decode("ascii").split()
    headers = {}
    while line := stream.readline().strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return Request(method, target, headers, stream.read(int(headers.get("content-length", 0))))


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            request = read_request(self.rfile)
        except (ValueError, OSError):  # not HTTP at all: a TLS greeting, or nothing
            return
        self.server.requests.append(request)
        answer = self.server.answer
        self.send(answer(request) if callable(answer) else answer)

    def send(self, answer):
        """Send it all, or byte by byte; a test may be about a client that goes away."""
        data = answer.as_bytes()
        try:
            if not answer.pause:
                self.wfile.write(data)
                return
            for at in range(len(data)):
                if self.server.closing.wait(answer.pause):
                    return
                self.wfile.write(data[at:at + 1])
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, answer, port=0):
        self.answer = answer
        self.requests = []
        self.closing = threading.Event()
        super().__init__(("127.0.0.1", port), Handler)
        self.port = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def asked(self, method, ending):
        return [each for each in self.requests
                if each.method == method and each.path.endswith(ending)]

    def stop(self):
        self.closing.set()
        self.shutdown()
        self.server_close()


@pytest.fixture
def serve():
    """Return a maker of servers: ``serve(answer, port=0)``; ``serve.answer(...)`` makes answers."""
    servers = []

    def start(answer, port=0):
        servers.append(Server(answer, port))
        return servers[-1]

    start.answer = Answer
    yield start
    for server in servers:
        server.stop()


def unused_ports(count):
    """Return ports of this machine on which nobody listens."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@pytest.fixture
def free_ports():
    return unused_ports(3)


@pytest.fixture
def free_port(free_ports):
    return free_ports[-1]


@pytest.fixture
def selective():
    """Return a maker of selective answers of the native API."""
    def make(run, skip, **changed):
        return {"action": "run", "kind": "selective", "run": run, "skip": skip,
                "priorities": {}, "snapshot": 7, "reasons": ["not due"], "next_due": {}, **changed}

    return make


def wait_until(condition, seconds=PATIENCE):
    """Wait for something that another process brings about; fail after a while.

    It looks less and less often: looking keeps a busy machine from getting there.
    """
    end, pause = time.monotonic() + seconds, 0.05
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(pause)
        pause = min(0.5, 1.2 * pause)
    raise AssertionError("it never came about")


@pytest.fixture
def until():
    return wait_until


@pytest.fixture(autouse=True)
def forget_answers(monkeypatch):
    """Each test is a process of its own to the client, and has no settings from outside."""
    http.cached_outcome.cache_clear()
    BREAKER.forget()
    for name in ("SETA_URL", "SETA_TOKEN", "TASK_ID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def fresh_master(once, tmp_path_factory):
    """Return a folder with a master that was just made: its database takes a second."""
    def make():
        folder = tmp_path_factory.mktemp("buildbot")
        Master(folder, (9989, 8010), "http://127.0.0.1:8000").run(
            next(text for language, text in BLOCKS if language == "bash"))
        return str(folder / "sample")

    return Path(once("buildbot-master", make))


@pytest.fixture
def make_master(tmp_path, free_ports, fresh_master):
    """Return a maker of masters that ask the SETA at the address given."""
    masters = []

    def make(seta_url):
        masters.append(Master(tmp_path, free_ports, seta_url))
        shutil.copytree(fresh_master, tmp_path / "sample")
        tac = tmp_path / "sample" / "buildbot.tac"
        tac.write_text(tac.read_text().replace(str(fresh_master), str(tmp_path / "sample")))
        masters[-1].configure()
        return masters[-1]

    yield make
    for master in masters:
        master.kill()


@pytest.fixture
def seta(serve, selective):
    """Return a SETA for a Buildbot: it skips docs on pushes not in ``full``, and owes ``owed``."""
    def answer(request):
        if request.path == "/api/v1/results":
            server.records += request.records
            return serve.answer(200, {"accepted": len(request.records), "rejected": []})
        if request.path == "/api/v1/projects/sample-bot/due":
            owed, server.owed = server.owed, [] if request.method == "POST" else server.owed
            return serve.answer(200, {"jobs": owed, "push_id": "2" * 40, "reasons": ["time"]})
        if request.path == "/api/v1/projects/sample-bot/audits":
            return serve.answer(200, server.taken if request.method == "POST" else server.audits)
        if request.path.split("/")[-2][0] in server.full:
            return serve.answer(201, selective([], [], kind="full", reasons=["backstop"]))
        return serve.answer(201, selective(["unit", "ui"], ["docs", "of-another-master"]))

    server = serve(answer)
    server.full, server.owed, server.records = "", [], []
    server.audits, server.taken = {"pushes": []}, {"push_id": "", "jobs": []}
    return server
