"""A real SETA with each of the real programs that ask it, as the how-tos say."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from clients import buildbot_master, taskgraph_sample
from clients.conftest import unused_ports, wait_until
from clients.taskgraph_sample import Sample
from preloaded import SETA

pytestmark = pytest.mark.slow
TOKEN = "token-of-the-test"
ROOT = Path(__file__).parents[2]
ANY_CI = ROOT / "docs" / "how-to-any-ci.md"


class Seta:
    """A SETA with a database of its own, run by the command."""

    def __init__(self, folder, database, port):
        self.url = f"http://127.0.0.1:{port}"
        self._environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "DATABASE_URL": database,
            "PORT": str(port), "SETA_HOST": "127.0.0.1", "WEB_CONCURRENCY": "1",
            "SETA_TOKENS": f"somebody={hashlib.sha256(TOKEN.encode()).hexdigest()}"}
        self._process = None

    def add_project(self, blocks):
        """Run the how-to's command that adds the project."""
        line = next(line for language, text in blocks if language == "sh"
                    for line in text.splitlines() if line.startswith("seta projects add"))
        SETA.run(*line.split()[1:], environment=self._environment).check_returncode()

    def start(self):
        self._process = SETA.start("serve", is_heard=False, environment=self._environment)

    def stop(self):
        self._process.terminate()
        self._process.wait(timeout=300)

    def ask(self, path):
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}", timeout=300) as answer:
            return json.load(answer)

    def serves_a_snapshot(self, project):
        """Return whether the web process has noticed one."""
        answer = self.ask(f"projects/{project}/pushes/next/schedule?preview=1"
                          f"&pushed_at={datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
        return answer["snapshot"] is not None

    def is_up(self):
        try:
            return bool(self.ask("projects"))
        except urllib.error.URLError:
            return False


@pytest.fixture(scope="module")
def seta(tmp_path_factory, make_database, template):
    server = Seta(tmp_path_factory.mktemp("seta"), make_database(template), unused_ports(1)[0])
    server.start()
    wait_until(server.is_up)
    yield server
    server.stop()


def test_the_taskgraph_how_to_does_what_it_shows(tmp_path, seta, until):
    """Every command of the how-to runs in its order, and prints what is shown below it."""
    seta.add_project(taskgraph_sample.BLOCKS)
    project, folder = Sample(tmp_path, seta.url), tmp_path
    project.environment["SETA_TOKEN"] = TOKEN
    for language, text in taskgraph_sample.BLOCKS:
        if text.startswith("# "):
            project.write(text)
        elif language == "bash":
            done = project.run(text, folder)
            assert done.returncode == 0, done.stderr + done.stdout
            if "teach.py" in text:  # which waits six seconds, enough where nothing else runs
                until(lambda: seta.serves_a_snapshot("sample"))
            folder = tmp_path / "sample"
        elif language == "text":
            assert done.stdout.split() == text.split(), done.stderr
    artifact = json.loads((folder / "artifacts/seta.json").read_text())
    assert sorted(artifact["removed"]) == [
        "test-linux64/opt-mochitest-2", "test-linux64/opt-xpcshell"]
    ledger = [seta.ask(f"projects/sample/pushes/{revision}/schedule")["kind"] for revision in (
        "9fa614d8310d0f8b6c4f3e5d9e8a5c3b2a1f0e9d", "50d5dc05d31d4e8b2c9d4d9d5b1c2e3f4a5b6c7d")]
    assert ledger == ["full", "selective"]


def test_the_buildbot_how_to_does_what_it_shows(seta, make_master, serve, until):
    """The whole loop: builds are reported, a regression is inferred, the answer changes.

    Where the how-to sleeps, this waits for what it sleeps for, which may take longer on a busy
    machine.
    """
    def is_reported():
        jobs = [seta.ask(f"projects/sample-bot/job?name={name}") for name in ("unit", "ui", "docs")]
        return all((job["last_run"] or {}).get("revision") == "4" * 40 for job in jobs)

    seta.add_project(buildbot_master.BLOCKS)
    master = make_master(seta.url)
    master.preload(serve)
    shutil.rmtree(master.folder / "sample")
    for language, text in buildbot_master.BLOCKS:
        if text.startswith("# "):
            master.write(text)
        elif language == "bash" and "/analyze" in text:
            until(is_reported)
            master.run(text.replace("sleep 7", "").replace("sleep 6", ""))
            until(lambda: seta.serves_a_snapshot("sample-bot"))
        elif language == "bash":
            shown = master.run(text)
        elif language == "text":
            assert shown == text
    regressions = seta.ask("regressions?scope=sample-bot")["items"]
    assert [each["fixed_by"] for each in regressions] == ["4" * 12]


def test_the_how_to_for_any_ci_does_what_it_shows(tmp_path, seta, until):
    blocks = taskgraph_sample.BLOCK.findall(ANY_CI.read_text(encoding="utf-8"))
    seta.add_project(blocks)
    programs = tmp_path / "bin"
    programs.mkdir()
    client = programs / "seta-what-runs"
    client.write_text(f'#!/bin/sh\nexec {sys.executable} -m seta.clients.command "$@"\n')
    client.chmod(0o755)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(tmp_path),
                   "SETA_URL": seta.url, "SETA_TOKEN": TOKEN,
                   "PYTHONPATH": str(ROOT)}
    folder = tmp_path
    for language, text in blocks:
        if language == "python":
            (folder / "history.py").write_text(text, encoding="utf-8")
        elif language == "bash":
            done = subprocess.run(["bash", "-euc", text.replace("sleep 6", "")], cwd=folder,
                                  env=environment, capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, done.stderr + done.stdout
            if "/analyze" in text:
                until(lambda: seta.serves_a_snapshot("sample-any"))
            folder = tmp_path / "sample"
        elif language == "text":
            assert done.stdout == text
