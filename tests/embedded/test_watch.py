"""A server that dies under running programs is brought back by one of them, without hands."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
import requests
from embedded.servers import is_alive, server_pid, wait_for

from seta.cli.commands import run
from seta.cli.program import Program
from seta.config import Settings
from seta.store.embedded import FOR_TESTS, EmbeddedServer

pytestmark = pytest.mark.slow

RECORDS = [
    {"kind": "result", "namespace": "ci", "job_id": "1", "project": "autoland",
     "build_system": "taskcluster", "name": "test-linux64/opt-xpcshell", "revision": "a" * 40,
     "pushed_at": "2026-03-01T09:00:00Z", "result": "testfailed",
     "classification": "fixed by commit", "fixed_by": ["1" * 12]},
    *({"kind": "job", "project": "autoland", "build_system": "taskcluster",
       "name": f"test-linux64/opt-{suite}", "seen_at": "2026-03-01T08:00:00Z"}
      for suite in ("xpcshell", "reftest")),
]


class Started:
    """A program of ours in a process of its own, whose log can be read while it runs."""

    def __init__(self, home, *arguments: str, **settings: str):
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("DATABASE_URL", "PORT", "SETA_TOKENS")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "seta", *arguments], text=True, stderr=subprocess.PIPE,
            env={**environment, "SETA_HOME": str(home), "SETA_SOURCE": "none", **settings})
        self.log = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stderr:
            self.log += line

    def wait_for(self, words: str, times: int = 1) -> None:
        def is_said() -> bool:
            assert self.process.poll() is None, self.log
            return self.log.count(words) >= times
        try:
            wait_for(is_said, words)
        except AssertionError as error:
            raise AssertionError(self.log) from error

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        self._reader.join(timeout=60)
        return code


@pytest.fixture
def analyzed(home, tmp_path):
    """A server, held by this test, with a published snapshot of an archived scope."""
    path = tmp_path / "history.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in RECORDS))
    with EmbeddedServer(home, options=FOR_TESTS) as server:
        for arguments in (["db", "upgrade"], ["import", "--scope", "old", "--archived", str(path)],
                          ["analyze", "--scope", "old"]):
            program = Program(Settings(database_url=server.url))
            assert run(arguments, program) == 0
            program.close()
        yield server


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_server_that_is_killed_comes_back_while_the_lists_go_on(home, analyzed):
    port = free_port()
    web = Started(home, "serve", PORT=str(port), SETA_HOST="127.0.0.1", WEB_CONCURRENCY="1")
    worker = Started(home, "worker")
    url = f"http://127.0.0.1:{port}"
    listed = f"{url}/api/project/autoland/seta/job-priorities/?build_system_type=taskcluster"
    asks_database = f"{url}/api/v1/projects"

    def status(address: str) -> int:
        try:
            return requests.get(address, timeout=30).status_code
        except requests.ConnectionError:
            return 0

    # One web process, since each reads the snapshot at its first request.
    wait_for(lambda: status(listed) == 200, "the first answer")
    worker.wait_for("the worker is active")

    before = server_pid(analyzed)
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: not is_alive(before), "the server to die")
    lists, end = [], time.monotonic() + 120
    while status(asks_database) != 200:
        lists.append(status(listed))
        assert time.monotonic() < end, web.log
        time.sleep(0.05)
    lists.append(status(listed))
    worker.wait_for("the worker is active", times=2)

    assert set(lists) == {200}, lists
    assert server_pid(analyzed) not in (None, before)
    assert worker.end() == 0 and web.end() == 0
    assert (web.log + worker.log).count("it is running again") == 1
