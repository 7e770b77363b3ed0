"""The CI of the faults: one project, whose results come in a file or from a source."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path

from ingest_world import contents
from loopback.documents import flat_row
from loopback.scripted import Reply, Request
from loopback.small_activedata import SmallActiveData
from sqlalchemy import text

from seta.store.engine import make_engine, make_sessions

JOBS = 40          # of a push
FIXED_EVERY = 17   # of the failures, one in so many is fixed by a commit of its own
NO_SUCH_THING = Reply(404, b'{"code": "ResourceNotFound"}')


def records(pushes: int, *, newest: datetime | None = None, first: int = 0) -> list[dict]:
    """Job lists and results of pushes ten minutes apart, the newest an hour ago."""
    newest = newest or datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    lines = [{"kind": "job", "project": "autoland", "build_system": "taskcluster",
              "name": job_name(job), "seen_at": newest.isoformat()} for job in range(JOBS)]
    for push in range(first, first + pushes):
        pushed_at = newest - timedelta(minutes=10 * (first + pushes - 1 - push))
        lines += [result(push, job, pushed_at) for job in range(JOBS)]
    return lines


def result(push: int, job: int, pushed_at: datetime) -> dict:
    number = push * JOBS + job
    line = {"kind": "result", "namespace": "ci", "job_id": str(number), "project": "autoland",
            "build_system": "taskcluster", "name": job_name(job),
            "revision": revision(push), "push_id": str(push), "pushed_at": pushed_at.isoformat(),
            "started_at": (pushed_at + timedelta(minutes=1)).isoformat(),
            "duration": 60 + job, "result": "success"}
    if number % FIXED_EVERY == 0:
        line |= {"result": "testfailed", "classification": "fixed by commit",
                 "fixed_by": [f"{push // 3:012x}"],
                 "classified_at": (pushed_at + timedelta(minutes=30)).isoformat()}
    return line


def job_name(job: int) -> str:
    return f"test-linux64/opt-suite{job // 4}-{job % 4 + 1}"


def revision(push: int) -> str:
    return sha1(str(push).encode()).hexdigest()


def write(path: Path, lines: list[dict]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def activedata_rows(pushes: int, *, newest: datetime, first: int = 0) -> list[dict]:
    """The same, as rows of ActiveData's table: ten jobs of a push, five of which never fail."""
    rows = []
    for push in range(first, first + pushes):
        pushed = int((newest - timedelta(minutes=10 * (first + pushes - 1 - push))).timestamp())
        for job in range(JOBS // 4):
            number = push * JOBS + job
            fixed = {"run.result": "testfailed", "failure.classification": "fixed by commit",
                     "failure.notes.text": f"{push // 3:012x}",
                     "failure.notes.created": pushed + 60,
                     "failure.notes.failure_classification": "fixed by commit"}
            rows.append(flat_row(1 + number, job_name(job), **{
                "build.date": pushed, "repo.changeset.id": revision(push), "repo.push.id": push,
                "action.request_time": pushed, "action.start_time": pushed + 60,
                "last_modified": pushed + 60,
            } | (fixed if job < JOBS // 8 and number % FIXED_EVERY == 0 else {})))
    return rows


@dataclass
class Source:
    """A script of a server that is ActiveData and, without a job list, Taskcluster's index.

    `answer` may be set to something that answers worse; it is given the number of the query.
    """

    rows: list[dict]
    queries: int = 0
    answer: Callable[[int, Reply], Reply] = lambda number, good: good

    def __call__(self, request: Request) -> Reply:
        if request.method != "POST":
            return NO_SUCH_THING
        self.queries += 1
        return self.answer(self.queries, SmallActiveData(self.rows)(request))


def settings_for(address: str) -> dict[str, str]:
    """The settings of a program that ingests from this address; two days, in slices."""
    return {"SETA_SOURCE": "activedata", "SETA_ACTIVEDATA_URL": address,
            "SETA_TASKCLUSTER_URL": address, "SETA_WINDOW": "2d", "SETA_INGEST_SLICE": "4h"}


def stored(url: str) -> dict[str, list[tuple]]:
    """All that came in; without when programs ran, which differs from run to run."""
    return _read(url, lambda session: contents(session, "watermarks"))


def current(url: str) -> dict[str, tuple]:
    """What is known now of every job: its result, and what a sheriff says last."""
    return _read(url, lambda session: {row.job_id: tuple(row)[1:] for row in session.execute(text(
        "SELECT DISTINCT ON (r.job_id) r.job_id, r.result, coalesce(c.classification, "
        "'not classified'), coalesce(c.fixed_by, '{}') FROM job_results r LEFT JOIN "
        "classifications c USING (namespace_id, job_id) "
        "ORDER BY r.job_id, c.classified_at DESC, c.id DESC"))})


def snapshot_of(url: str, snapshot: int | None = None) -> dict[str, tuple]:
    """Priority and reason of every job type of a snapshot, the published one by default."""
    return _read(url, lambda session: {
        f"{row.platform}/{row.build_type}-{row.test_suite}-{row.chunk}": (row.priority, row.reason)
        for row in session.execute(text(
            "SELECT t.*, p.priority, p.reason FROM snapshot_priorities p JOIN job_types t "
            "ON t.id = p.job_type_id WHERE p.snapshot_id = coalesce(:id, "
            "(SELECT published_snapshot_id FROM scopes WHERE name = 'trunk'))"),
            {"id": snapshot})})


def count(url: str, query: str) -> int:
    return _read(url, lambda session: session.scalar(text(query)))


def _read(url: str, read):
    engine = make_engine(url)
    try:
        with make_sessions(engine)() as session:
            return read(session)
    finally:
        engine.dispose()
