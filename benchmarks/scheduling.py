"""How fast pushes are scheduled, beside the legacy list: ``python benchmarks/scheduling.py``.

A real server (2 processes of 4 threads) with 2,200 job types, of which 2,000 are of low value, and
fifty results of each. All PUTs are of one project, so that they wait for one another; each adds a
push to its ledger.
"""

import hashlib
import json
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table
from scheduling_load import PUSHES, latencies
from serving import PATH, fill, served, warm
from sqlalchemy import text

from seta.store.embedded import EmbeddedServer
from seta.store.engine import make_engine

TOKEN = "benchmark"
SECONDS = 5.0
CASES = (("PUT, 1 client", "put", 1), ("PUT, 8 clients", "put", 8), ("GET, 8 clients", "get", 8),
         ("the legacy list, 8 clients", "legacy", 8))

# Fifty pushes before the one that is there, on each of which every job ran; one in fifty failed.
MORE_PUSHES = """
    INSERT INTO pushes (project, revision, pushed_at)
    SELECT 'autoland', lpad(to_hex(number), 40, '0'),
        (SELECT max(pushed_at) FROM pushes) - number * interval '1 hour'
    FROM generate_series(1, 50) AS number
"""
MORE_RESULTS = """
    INSERT INTO job_results (namespace_id, job_id, push, job_name_id, result, duration_ms, known_at,
        tier)
    SELECT (SELECT id FROM namespaces), pushes.id || '-' || job_names.id, pushes.id, job_names.id,
        CASE WHEN (pushes.id + job_names.id) % 50 = 0 THEN 'testfailed' ELSE 'success' END
            ::job_result, 1000,
        pushed_at + interval '30 minutes', 1
    FROM pushes CROSS JOIN job_names WHERE pushes.id < 1000000
"""


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="seta-scheduling-")))
        folder.chmod(0o755)  # the database server may run as another user
        database = stack.enter_context(EmbeddedServer(folder))
        fill(database.url)
        add_results(database.url)
        server = stack.enter_context(served(
            "seta.wsgi:create_app()", DATABASE_URL=database.url,
            SETA_TOKENS=f"bench={hashlib.sha256(TOKEN.encode()).hexdigest()}",
            SETA_WRITES_PER_MINUTE="1000000"))
        warm(server.url)
        body = add_push(server.url.removesuffix(PATH))
        show([(name, *latencies(kind, server.url, TOKEN, clients=clients, seconds=SECONDS))
              for name, kind, clients in CASES], len(body))


def add_results(url: str) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text(MORE_PUSHES))
        connection.execute(text(MORE_RESULTS))
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


def show(rows: list, size: int) -> None:
    table = Table(title=f"2,200 job types; a schedule of {size:,} bytes")
    for column in ("", "per second", "median", "p99"):
        table.add_column(column, justify="right" if column else "left")
    for name, rate, found in rows:
        median, p99 = found[len(found) // 2], found[min(len(found) - 1, len(found) * 99 // 100)]
        table.add_row(name, f"{rate:,.0f}", f"{median:.1f} ms", f"{p99:.1f} ms")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
