"""Killed at any moment, or two at once: nothing is lost, nothing is doubled."""

import json
import os
import random
import time
from datetime import timedelta

import pytest
from ingest_world import NOON, add_projects, contents
from ingest_world.programs import run
from preloaded import SETA
from sqlalchemy import text

from seta.store.engine import make_engine, make_sessions
from seta.store.operation.liveness import stop_ended_runs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def make_sessions_of(make_database, template):
    """Make a database with the project autoland; return its URL and sessions."""
    engines = []

    def make():
        url = make_database(template)
        engines.append(make_engine(url))
        sessions = make_sessions(engines[-1])
        with sessions.begin() as session:
            add_projects(session)
        return url, sessions
    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Results and two job lists, every fifth result a star."""
    lines = [{"kind": "job", "project": "autoland", "build_system": "taskcluster",
              "name": f"test-linux64/opt-x-{name}", "seen_at": day}
             for day in ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z") for name in range(30)]
    for number in range(200):
        at = (NOON + timedelta(minutes=17 * number)).isoformat()
        lines.append({
            "kind": "result", "namespace": "my-ci", "job_id": str(number), "project": "autoland",
            "build_system": "taskcluster", "name": f"test-linux64/opt-x-{number % 30}",
            "revision": f"{number // 5:040x}", "pushed_at": at, "result": "testfailed",
            "duration": number} | ({} if number % 5 else {
                "classification": "fixed by commit", "fixed_by": ["abcdef012345"]}))
    path = tmp_path_factory.mktemp("import") / "results.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture(scope="module", params=["live", "file"])
def arguments(request, file):
    return {"live": ["live"], "file": ["file", str(file)]}[request.param]


@pytest.fixture(scope="module")
def undisturbed(make_sessions_of, arguments):
    """What one program alone stores that is not killed."""
    url, sessions = make_sessions_of()
    what, *more = arguments
    run(what, url, *more)
    return everything(sessions)


def start(what, url, *more):
    return SETA.start(environment=os.environ, main="tests.ingest_world.programs:run",
                      values=[what, url, *more])


def kill_after(program, steps) -> bool:
    """Kill a program after this many committed steps; return whether that was in the middle."""
    for _ in range(steps):
        if not program.stdout.readline():
            break
    program.kill()
    program.stdout.close()
    return program.wait(timeout=60) != 0


def stop_when_ended(sessions, expected) -> int:
    """Mark the killed runs; PostgreSQL may take a moment to notice the last one."""
    marked, deadline = 0, time.monotonic() + 120
    while marked < expected and time.monotonic() < deadline:
        marked += stop_ended_runs(sessions, now=NOON)
        time.sleep(0.05)
    return marked


def finish(program) -> None:
    program.communicate(timeout=120)
    assert program.returncode == 0


def everything(sessions) -> dict:
    """What is stored; but for how a fill that was broken off went."""
    with sessions() as session:
        return contents(session)


def test_killed_five_times_it_ends_as_if_undisturbed(make_sessions_of, arguments, undisturbed):
    """R65, R32: SIGKILL at random points; then run once more to the end."""
    url, sessions = make_sessions_of()
    chance = random.Random(20260301)
    killed = sum(kill_after(start(arguments[0], url, *arguments[1:]), chance.randrange(1, 9))
                 for _ in range(5))
    assert stop_when_ended(sessions, killed) == killed
    finish(start(arguments[0], url, *arguments[1:]))

    assert killed == 5
    assert everything(sessions) == undisturbed


def test_two_at_once_end_as_one_alone(make_sessions_of, arguments, undisturbed):
    """R17: without a deadlock, and nothing twice."""
    url, sessions = make_sessions_of()
    for program in [start(arguments[0], url, *arguments[1:]) for _ in range(2)]:
        finish(program)

    assert everything(sessions) == undisturbed
    with sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM runs WHERE status <> 'done'")) == 0
