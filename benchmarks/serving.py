"""How fast lists are served, beside a bare Flask route: ``python benchmarks/serving.py``.

Both run under the same gunicorn: 2 processes of 4 threads. They are asked in turns, since other
work on the machine slows both; the middle of the turns counts. Memory is the peak of the master
and both processes together.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from serving_load import requests_per_second
from sqlalchemy import insert

from seta.config import Settings
from seta.domain import Project, Scope
from seta.publish import analyze
from seta.store import schema
from seta.store.curation import projects
from seta.store.embedded import EmbeddedServer
from seta.store.engine import make_engine, make_sessions
from seta.store.migrations.upgrade import upgrade
from seta.store.results.namespaces import NamespaceIds

LABELS = 2_000      # of low value; as many hundred are of high value
HIGH = 200
PATH = "/api/project/autoland/seta/job-priorities/?build_system_type=taskcluster&priority=5"
PLAIN = "Accept-Encoding: identity\r\n"
TURNS, SECONDS, ASKING = 5, 2.0, 8
GUNICORN = ["--no-control-socket", "-k", "gthread", "-w", "2", "--threads", "4",
            "--log-level", "error"]


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="seta-serving-")))
        folder.chmod(0o755)  # the database server may run as another user
        database = stack.enter_context(EmbeddedServer(folder))
        fill(database.url)
        ours = stack.enter_context(served("seta.wsgi:create_app()", DATABASE_URL=database.url))
        body = warm(ours.url)
        (folder / "body.json").write_bytes(body)
        bare = stack.enter_context(
            served("serving_bare:create_app()", BARE_BODY=str(folder / "body.json")))
        assert warm(bare.url) == body
        show(measure(ours, bare), len(body), ours, bare)


class Served:
    def __init__(self, url: str, pid: int):
        self.url = url
        self._pid = pid

    def peak_memory(self) -> float:
        """The peak of all processes together, in MB."""
        return sum(_peak_of(pid) for pid in [self._pid, *_children(self._pid)]) / 1024


def fill(url: str) -> None:
    """Make a published snapshot of 200 high-value and 2,000 low-value labels."""
    engine = make_engine(url)
    upgrade(engine)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        projects.add_scope(session, Scope("trunk", is_archived=True))
        projects.add_project(session, Project("autoland"))
        add_jobs(session, datetime(2026, 3, 1, tzinfo=UTC))
    analyze(sessions, "trunk", now=datetime.now(UTC), settings=Settings())
    engine.dispose()


def add_jobs(session, at: datetime) -> None:
    numbers = range(1, LABELS + HIGH + 1)
    suites = [f"mochitest-browser-chrome-suite{number % 7}" for number in numbers]
    session.execute(insert(schema.Push), [
        {"id": 1_000_000, "project": "autoland", "revision": "f" * 40, "pushed_at": at}])
    session.execute(insert(schema.JobType), [
        {"id": number, "platform": "windows10-64-shippable-qr", "build_type": "opt",
         "test_suite": suite, "chunk": number} for number, suite in zip(numbers, suites)])
    session.execute(insert(schema.JobName), [
        {"id": number, "project": "autoland", "build_system": "taskcluster",
         "name": f"test-windows10-64-shippable-qr/opt-{suite}-{number}", "job_type_id": number}
        for number, suite in zip(numbers, suites)])
    namespace = NamespaceIds().resolve(session, ["bench"])["bench"]
    session.execute(insert(schema.JobResult), [
        {"namespace_id": namespace, "job_id": str(number), "push": 1_000_000, "job_name_id": number,
         "result": "testfailed" if number <= HIGH else "success", "duration_ms": 1000,
         "known_at": at + timedelta(hours=1)} for number in numbers])
    session.execute(insert(schema.StaleJobDay), [
        {"job_name_id": number, "day": at.date()} for number in numbers])
    session.execute(insert(schema.ClassificationRow), [
        {"namespace_id": namespace, "job_id": str(number), "classification": "fixed by commit",
         "fixed_by": [f"{number:012x}"], "classified_at": at + timedelta(hours=2)}
        for number in range(1, HIGH + 1)])


@contextmanager
def served(app: str, **environment: str):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent)])
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *GUNICORN, "-b", f"127.0.0.1:{port}", app],
        env=os.environ | {"PYTHONPATH": paths} | environment)
    try:
        yield Served(f"http://127.0.0.1:{port}{PATH}", process.pid)
    finally:
        process.terminate()
        process.wait()


def warm(url: str) -> bytes:
    """Ask until it answers, and often enough that each process has; return the body."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url) as response:
                return response.read()
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def measure(ours: Served, bare: Served) -> dict[str, float]:
    with urllib.request.urlopen(ours.url) as response:
        etag = response.headers["ETag"]
    cases = {
        "bare Flask": (bare, PLAIN),
        "SETA": (ours, PLAIN),
        "SETA, gzip": (ours, "Accept-Encoding: gzip\r\n"),
        "SETA, 304": (ours, f"{PLAIN}If-None-Match: {etag}\r\n"),
    }
    found = {name: [] for name in cases}
    for _ in range(TURNS):
        for name, (server, headers) in cases.items():
            found[name].append(requests_per_second(
                server.url, headers, processes=ASKING, seconds=SECONDS))
    return {name: statistics.median(values) for name, values in found.items()}


def show(rates: dict[str, float], size: int, ours: Served, bare: Served) -> None:
    table = Table(title=f"{LABELS:,} labels, {size:,} bytes, {ASKING} clients asking")
    for column in ("", "requests per second", "relative to bare Flask", "peak memory"):
        table.add_column(column, justify="right" if column else "left")
    peaks = {"bare Flask": bare.peak_memory(), "SETA": ours.peak_memory()}
    for name, rate in rates.items():
        peak = f"{peaks[name]:,.0f} MB" if name in peaks else ""
        table.add_row(name, f"{rate:,.0f}", f"{rate / rates['bare Flask']:.2f}", peak)
    Console(width=100).print(table)


def _children(pid: int) -> list[int]:
    return [int(each) for each in
            Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _peak_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


if __name__ == "__main__":
    main()
