"""Fill a database for the benchmark of scheduling: ``scheduling_world.py DATABASE_URL JOB_TYPES``.

It runs with the code of the release that is measured, and so uses only what releases share. Every
job ran on fifty pushes; one in fifty failed. A hundredth of the names are of high value.
"""

import sys
from datetime import UTC, datetime, timedelta

from seta.config import Settings
from seta.domain import Classification, JobResult, Project, Scope
from seta.publish import analyze
from seta.store.curation import projects
from seta.store.engine import make_engine, make_sessions
from seta.store.migrations.upgrade import upgrade
from seta.store.results.writer import ResultWriter

PUSHES = 50
FIRST_AT = datetime(2026, 3, 1, tzinfo=UTC)


def fill(url: str, job_types: int) -> None:
    engine = make_engine(url)
    upgrade(engine)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        projects.add_scope(session, Scope("trunk", is_archived=True))
        projects.add_project(session, Project("autoland"))
    writer = ResultWriter()
    for push in range(PUSHES):
        with sessions.begin() as session:
            writer.store(session, [result(push, number) for number in range(job_types)])
    analyze(sessions, "trunk", now=datetime.now(UTC), settings=Settings())
    engine.dispose()


def result(push: int, number: int) -> JobResult:
    """One run. On the newest push the jobs of high value catch a regression each."""
    is_catch = push == PUSHES - 1 and number % 100 == 0
    has_failed = is_catch or (push + number) % 50 == 7
    pushed_at = FIRST_AT + timedelta(hours=push)
    return JobResult(
        "bench", f"{push}-{number}", "autoland", "taskcluster",
        f"test-windows10-64-shippable-qr/opt-mochitest-browser-chrome-suite{number % 7}-{number}",
        f"{push:040x}", pushed_at, "testfailed" if has_failed else "success",
        started_at=pushed_at + timedelta(minutes=10), duration_ms=60_000,
        classification=Classification.FIXED_BY_COMMIT if is_catch else None,
        classified_at=pushed_at + timedelta(hours=2) if is_catch else None,
        fixed_by=(f"{number:012x}",) if is_catch else ())


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
