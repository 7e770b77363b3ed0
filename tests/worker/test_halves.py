"""A project that a failed source once held for ever, and an import that was killed."""

import json
import os
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest
from preloaded import SETA
from sqlalchemy import text

from seta.cli.commands import run
from seta.cli.program import Program
from seta.config import Settings
from seta.store.operation.alarms import open_alarms
from seta.store.operation.runs import runs
from seta.store.snapshots import publication_state
from seta.worker.work import Work

NOWHERE = "http://127.0.0.1:9"
SETTINGS = Settings(activedata_url=NOWHERE, taskcluster_url=NOWHERE)


def lines(count=2) -> str:
    """Results of the last hours, each of them a regression that one job caught."""
    pushed_at = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    return "".join(json.dumps({
        "kind": "result", "namespace": "my-ci", "job_id": str(number), "project": "mine",
        "build_system": "taskcluster", "name": f"test-linux64/opt-mochitest-{number % 7 + 1}",
        "revision": f"{number % 50:040x}", "pushed_at": pushed_at, "result": "testfailed",
        "classification": "fixed by commit", "classified_at": pushed_at,
        "fixed_by": [f"{number % 50 + 1:012x}"]}) + "\n" for number in range(count))


@pytest.fixture
def seta(emptied, capsys):
    programs = []

    def command(*arguments) -> tuple[int, str]:
        programs.append(Program(Settings(database_url=emptied, activedata_url=NOWHERE)))
        code = run([*arguments], programs[-1])
        return code, "".join(capsys.readouterr())
    yield command
    for program in programs:
        program.close()


@pytest.fixture
def results(tmp_path):
    path = tmp_path / "results.ndjson"
    path.write_text(lines())
    return str(path)


def is_published(sessions) -> bool:
    with sessions() as session:
        return publication_state(session, "trunk").snapshot_id is not None


def test_what_an_unreachable_source_held_is_published_once_files_feed_it(
    seta, sessions_of, results
):
    """`projects add` and then `worker` once wedged a project: held though results were imported."""
    assert "come from activedata" in seta("projects", "add", "mine")[1]
    Work(sessions_of, SETTINGS).ingest_and_analyze()

    code, out = seta("import", results)
    assert code == 0
    assert "activedata feeds mine, so this makes its data no fresher" in out
    code, out = seta("analyze")
    assert code == 1 and "held back: the last ingest of mine failed" in out

    assert "come from files" in seta("projects", "set", "mine", "--source", "files")[1]
    assert seta("import", results)[0] == 0
    assert seta("analyze")[0] == 0
    assert is_published(sessions_of)
    Work(sessions_of, SETTINGS).ingest_and_analyze()   # the worker asks nobody about it now
    with sessions_of() as session:
        assert [run.status for run in runs(session, task="ingest")] == ["failed"]
        assert [alarm.subject for alarm in open_alarms(session)] == []


def test_a_project_that_files_feed_from_the_start_is_never_held(seta, sessions_of, results):
    assert seta("projects", "add", "mine", "--source", "files")[0] == 0
    assert seta("import", results)[0] == 0
    Work(sessions_of, SETTINGS).ingest_and_analyze()
    assert is_published(sessions_of)
    with sessions_of() as session:
        assert runs(session, task="ingest") == []


def test_an_import_that_was_killed_is_held_until_it_is_repeated(
    seta, sessions_of, emptied, tmp_path
):
    """20,000 of 120,000 rows were once published by the next analysis."""
    everything = lines(11_000)
    file = tmp_path / "results.ndjson"
    file.write_text(everything)
    environment = {**os.environ, "DATABASE_URL": emptied}
    read, write = os.pipe()
    program = SETA.start("import", "-", stdin=read, environment=environment)
    os.close(read)
    with open(write, "w") as stream:
        stream.write(everything[:len(everything) * 21 // 22])
        stream.flush()   # it waits for the rest, with a batch of 10,000 stored
        wait_until(lambda: count_results(sessions_of) > 0)
        assert "went on while its results were read" in seta("analyze")[1]

        program.send_signal(signal.SIGKILL)
        program.wait(60)
    wait_until(lambda: seta("projects", "list") and status(sessions_of) == "stopped")
    code, out = seta("analyze")
    assert code == 1 and "the last import into trunk stopped before its end" in out
    assert not is_published(sessions_of)

    with open(file) as whole:
        again = SETA.run("import", "-", stdin=whole.fileno(), environment=environment)
    assert again.returncode == 0
    assert seta("analyze")[0] == 0
    assert is_published(sessions_of)


def wait_until(is_so) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def count_results(sessions) -> int:
    with sessions() as session:
        return session.scalar(text("SELECT count(*) FROM job_results"))


def status(sessions) -> str:
    with sessions() as session:
        return runs(session, task="import")[0].status
