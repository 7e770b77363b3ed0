"""How fast pushes are scheduled: ``python benchmarks/scheduling.py [--beside PATH] [--results N]``.

A server as `seta serve` runs it, and 2,200 job types with fifty results each. All PUTs are of one
project, so that they wait for one another; each adds a push to its ledger. With `--beside`, the
release that is checked out at PATH is measured too, with a database of its own, in turns. Then
6,000 job types, with one million results and, in turns, with `--results` millions.
"""

import argparse
import hashlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from report import Table, publish
from scheduling_load import LISTS, PUSHES, latencies
from sqlalchemy import text

from seta.store.embedded import EmbeddedServer
from seta.store.engine import make_engine

HERE = Path(__file__).parent
TOKEN = "benchmark"
JOB_TYPES, MANY_JOB_TYPES = 2_200, 6_000
TURNS, SECONDS = 3, 3.0
MILLIONS = 2          # of results, beside one million
CASES = (("PUT, 1 client", "put", 1), ("PUT, 8 clients", "put", 8), ("GET, 8 clients", "get", 8),
         ("the legacy list, 8 clients", "legacy", 8))
GUNICORN = ["--no-control-socket", "-k", "seta.cli.web_worker.WebWorker", "-w", "2",
            "--threads", "6", "--keep-alive", "5", "--log-level", "error"]

Key = TypeVar("Key")
Turn = tuple[float, list[float]]  # answers a second; how long each took, in milliseconds
Turns = dict[Key, dict[str, list[Turn]]]

# Older pushes, on each of which every job ran; made in the database, since it is quicker there.
MORE_PUSHES = """
    INSERT INTO pushes (project, revision, pushed_at)
    SELECT 'autoland', 'f' || lpad(to_hex(number), 39, '0'),
        (SELECT min(pushed_at) FROM pushes) - number * interval '1 minute'
    FROM generate_series(:first, :last) AS number
"""
MORE_RESULTS = """
    INSERT INTO job_results (namespace_id, job_id, push, job_name_id, result, duration_ms, known_at,
        tier)
    SELECT (SELECT min(id) FROM namespaces), pushes.id || '-' || job_names.id, pushes.id,
        job_names.id, CASE WHEN (pushes.id + job_names.id) % 50 = 0 THEN 'testfailed'
            ELSE 'success' END::job_result, 1000, pushed_at + interval '30 minutes', 1
    FROM pushes CROSS JOIN job_names
    WHERE pushes.revision > 'f' AND NOT EXISTS (
        SELECT FROM job_results WHERE job_results.push = pushes.id)
"""


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", type=Path, metavar="PATH")
    parser.add_argument("--results", type=int, default=MILLIONS, metavar="MILLIONS")
    return parser.parse_args()


def tables() -> list[Table]:
    chosen = options()
    return [rates(chosen.beside), sizes(chosen.results)]


def rates(beside: Path | None) -> Table:
    """Measure this code, and that of `beside` in turns."""
    codes = {"": HERE.parent} | ({"before: ": beside.absolute()} if beside else {})
    with ExitStack() as stack:
        urls = {name: stack.enter_context(scheduled(code, JOB_TYPES))[0]
                for name, code in codes.items()}
        found = measured(urls, CASES)
        size = len(add_push(urls[""]))
    rows = [[f"{name}{case}", *figures(found[name][case]),
             ratio(found[""][case], found[name][case]) if name else ""]
            for case, *_ in CASES for name in codes]
    return Table(
        ["", "per second", "median", "p99", "now is so many times it"], rows,
        about=f"{JOB_TYPES:,} job types with {50 * JOB_TYPES:,} results; a schedule has {size:,} "
              "bytes. All PUTs are of one project and add a push to its ledger, which must wait "
              "for the one before. Server, database and clients share the machine.",
        title="Pushes scheduled")


def sizes(millions: int) -> Table:
    """Measure a database with one million results and one with many, in turns."""
    with ExitStack() as stack:
        urls = {}
        for wanted in (1, millions):
            urls[wanted], database = stack.enter_context(
                scheduled(HERE.parent, MANY_JOB_TYPES))
            add_results(database, wanted * 1_000_000 // MANY_JOB_TYPES - 50)
        found = measured(urls, CASES[:2])
    rows = [[f"{case}, {wanted} million results", *figures(found[wanted][case]),
             ratio(found[wanted][case], found[1][case]) if wanted != 1 else ""]
            for case, *_ in CASES[:2] for wanted in urls]
    return Table(["", "per second", "median", "p99", "so many times the rate"], rows,
                 title="With more results", about=f"{MANY_JOB_TYPES:,} job types.")


def measured(urls: dict[Key, str], cases: Sequence[tuple[str, str, int]]) -> Turns[Key]:
    """Ask each server in turns; return what each turn of each case gave."""
    found: Turns[Key] = {name: {case: [] for case, *_ in cases} for name in urls}
    for url in urls.values():
        add_push(url)
    for _ in range(TURNS):
        for case, kind, clients in cases:
            for name, url in urls.items():
                found[name][case].append(
                    latencies(kind, url, TOKEN, clients=clients, seconds=SECONDS))
    return found


def figures(turns: list[Turn]) -> list[str]:
    """The middle of the turns' rates, and the latencies of all of them."""
    took = sorted(each for _, found in turns for each in found)
    p99 = took[min(len(took) - 1, len(took) * 99 // 100)]
    return [f"{rate_of(turns):,.0f}", f"{statistics.median(took):.1f} ms", f"{p99:.1f} ms"]


def rate_of(turns: list[Turn]) -> float:
    return statistics.median(rate for rate, _ in turns)


def ratio(now: list[Turn], before: list[Turn]) -> str:
    return f"{rate_of(now) / rate_of(before):.1f}"


@contextmanager
def scheduled(code: Path, job_types: int) -> Iterator[tuple[str, str]]:
    """Serve a filled database with the code of a checkout; yields the URLs of both."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="seta-scheduling-")))
        folder.chmod(0o755)  # the database server may run as another user
        database = stack.enter_context(EmbeddedServer(folder)).url
        environment = os.environ | {"PYTHONPATH": str(code)}
        subprocess.run([sys.executable, HERE / "scheduling_world.py", database, str(job_types)],
                       env=environment, check=True)
        vacuum(database)
        yield stack.enter_context(served(environment | {
            "DATABASE_URL": database, "SETA_WRITES_PER_MINUTE": "1000000",
            "SETA_TOKENS": f"bench={hashlib.sha256(TOKEN.encode()).hexdigest()}"})), database


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *GUNICORN, "-b", f"127.0.0.1:{port}",
         "seta.wsgi:create_app()"], env=environment, cwd=environment["PYTHONPATH"])
    try:
        yield warmed(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


def warmed(url: str) -> str:
    """Ask until it answers, and often enough that each process has."""
    answers = 0
    for _ in range(600):
        try:
            with urllib.request.urlopen(url + LISTS):
                answers += 1
        except OSError:
            time.sleep(0.1)
        if answers == 20:
            return url
    raise SystemExit(f"{url} does not answer")


def add_results(url: str, pushes: int) -> None:
    """Add the results of that many more pushes."""
    engine = make_engine(url)
    for start in range(0, pushes, 200):
        with engine.begin() as connection:
            connection.execute(text(MORE_PUSHES), {
                "first": start + 1, "last": min(start + 200, pushes)})
            connection.execute(text(MORE_RESULTS))
    engine.dispose()
    vacuum(url)


def vacuum(url: str) -> None:
    engine = make_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def add_push(base: str) -> bytes:
    """Schedule the push that is asked for later; return its answer."""
    request = urllib.request.Request(
        f"{base}{PUSHES}/known/schedule", method="PUT",
        data=json.dumps({"revision": "known", "pushed_at": "2026-03-02T00:00:00Z"}).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return response.read()


if __name__ == "__main__":
    publish("Scheduling", tables)
