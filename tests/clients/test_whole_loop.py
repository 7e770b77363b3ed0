"""A real SETA and a real Buildbot master, and nothing else: the whole loop."""

import hashlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from clients.buildbot_master import BLOCKS

TOKEN = "token-of-the-test"
ADD_PROJECT = next(line for language, text in BLOCKS if language == "sh"
                   for line in text.splitlines() if line.startswith("seta projects add"))


class Seta:
    """A SETA with a database of its own, run by the command."""

    def __init__(self, folder, database, port):
        self.url = f"http://127.0.0.1:{port}"
        self._environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "DATABASE_URL": database,
            "PORT": str(port), "WEB_CONCURRENCY": "1",
            "SETA_TOKENS": f"buildbot={hashlib.sha256(TOKEN.encode()).hexdigest()}"}
        self._process = None

    def command(self, line):
        subprocess.run([sys.executable, "-m", *line.split()], check=True, timeout=60,
                       env=self._environment)

    def start(self):
        self._process = subprocess.Popen([sys.executable, "-m", "seta", "serve"],
                                         env=self._environment)

    def stop(self):
        self._process.terminate()
        self._process.wait(timeout=30)

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", data, {
            "Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def is_up(self):
        try:
            return bool(self.ask("projects/sample"))
        except urllib.error.URLError:
            return False


@pytest.fixture
def seta(tmp_path, database, free_port, until):
    server = Seta(tmp_path, database, free_port)
    server.command(ADD_PROJECT)
    server.start()
    until(server.is_up)
    yield server
    server.stop()


def test_a_master_teaches_seta_what_to_skip(seta, make_master, until):
    """Builds are reported, regressions are inferred from them, and the answer changes."""
    master = make_master(seta.url)
    master.configure(('command=["true"]',
                      'command=["test", "!", "-e", f"{basedir}/broken-" + name]'))
    master.start()
    broken = [master.folder / "sample" / f"broken-{name}" for name in ("ui", "unit")]
    for digit in "1234":
        for path in broken:
            path.touch() if digit in "23" else path.unlink(missing_ok=True)
        master.change(digit)
        until(lambda: len([each for each in master.requests()
                           if each.split()[1:] in ([digit, "success"], [digit, "failure"])]) == 3)
    assert {"ui 2 failure", "unit 3 failure", "docs 3 success", "unit 4 success"} <= set(
        master.requests())

    until(lambda: len(seta.ask("projects/sample/jobs")["items"]) == 3)
    analysed = until(lambda: analysis_of(seta, regressions=1))
    assert analysed["status"] == "optimal"
    preview = "projects/sample/pushes/next/schedule?preview=1&pushed_at=2999-01-01T00:00:00Z"
    until(lambda: seta.ask(preview)["snapshot"] == analysed["id"])  # within five seconds
    master.change("5")
    until(lambda: len([each for each in master.requests() if " 5 " in each]) == 3)
    until(lambda: [each.split()[2] for each in master.requests() if " 5 " in each].count(
        "success") == 1)
    assert "docs 5 waits" in master.requests()


def analysis_of(seta, regressions):
    """Analyse; None while the results of the last builds are still on their way."""
    try:
        snapshot = seta.ask("scopes/trunk/analyze", {})
    except urllib.error.HTTPError as error:
        if error.code != 409:  # there is nothing to decide on yet
            raise
        return None
    return snapshot if snapshot["regressions"] == regressions else None
