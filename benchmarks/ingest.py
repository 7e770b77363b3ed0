"""How fast results come in, beside a bare COPY of the same rows into the same table.

    python benchmarks/ingest.py [ROWS]

Runs on an embedded PostgreSQL with durability on. Each measurement is a program of its own on an
empty database, so that memory is its own peak. The COPY has its rows ready as text and pushes
and names in place: it parses nothing, looks nothing up and decides nothing.
"""

import json
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from report import Table, publish
from sqlalchemy import text

from seta.domain import Project, Scope
from seta.ingest import import_files
from seta.ingest.files import batched
from seta.sources.files import open_records, read_records
from seta.store.curation import projects
from seta.store.embedded import EmbeddedServer
from seta.store.engine import make_engine, make_sessions
from seta.store.migrations.upgrade import upgrade
from seta.store.results.writer import COLUMNS, NULL, ResultWriter

START = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = 1_500          # jobs of a push
BATCH = 10_000
ROUNDS = 3


def record(number: int) -> dict:
    """One of 1,500 jobs per push, 300 pushes per day; 1 in 50 fails, 1 in 400 is starred."""
    push, name = divmod(number, NAMES)
    pushed_at = START + timedelta(minutes=4.8 * push)
    started_at = pushed_at + timedelta(seconds=60 + number * 7919 % 5400)
    made = {
        "kind": "result", "namespace": "treeherder", "job_id": str(300_000_000 + number),
        "project": "autoland", "build_system": "taskcluster",
        "name": f"test-linux64/{'debug' if name % 2 else 'opt'}-suite-{name // 20}-{name % 20}",
        "revision": f"{push * 2654435761 % 2**64:040x}", "push_id": str(push),
        "pushed_at": pushed_at.isoformat(), "started_at": started_at.isoformat(),
        "duration": 30 + number * 104729 % 3_000_000 / 1000, "tier": 1,
        "result": "testfailed" if number % 50 == 0 else "success",
        "classification": "not classified",
    }
    if number % 400 == 0:
        made |= {"classification": "fixed by commit", "fixed_by": [f"{push // 40:012x}"],
                 "classified_at": (started_at + timedelta(hours=3)).isoformat()}
    return made


def tables() -> list[Table]:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        file = home / "results.ndjson"
        with open(file, "w") as lines:
            lines.writelines(json.dumps(record(number)) + "\n" for number in range(rows))
        with EmbeddedServer(home) as server:
            # In turns, so that other work of the machine meets all of them alike.
            done = [{what: measure(what, server.url, file) for what in MEASURED}
                    for _ in range(ROUNDS)]
    return table(rows, {what: min((each[what] for each in done), key=lambda one: one["seconds"])
                        for what in MEASURED})


def measure(what: str, url: str, file: Path) -> dict:
    done = subprocess.run([sys.executable, __file__, "--measure", what, url, str(file)],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def table(rows: int, best: dict) -> list[Table]:
    bare = best["bare COPY"]["seconds"]
    return [Table(
        ("", "rows per second", "relative to COPY", "peak memory"),
        [(what, f"{rows / each['seconds']:,.0f}", f"{bare / each['seconds']:.2f}",
          f"{each['megabytes']:.0f} MB") for what, each in best.items()],
        f"""{rows:,} results into an empty database, durability on, best of {ROUNDS} turns. For
        comparison, a bare COPY of the same rows into the same table with its indexes: it parses
        nothing, looks nothing up and decides nothing.""")]


def run_alone(what: str, url: str, file: str) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    upgrade(engine)
    seconds = MEASURED[what](engine, Path(file))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak}))


def copy_bare(engine, file: Path) -> float:
    """COPY lines that lie ready in a file: the rows that our own ingest stored."""
    lines = lines_of_ingest(engine, file)
    began = perf_counter()
    copy(engine, lines)
    return perf_counter() - began


def lines_of_ingest(engine, file: Path) -> Path:
    """Ingest, write the rows out in the order in which they came, and empty the table."""
    from_file(engine, file)
    lines = file.with_suffix(".lines")
    raw = engine.raw_connection()
    with open(lines, "w") as out, raw.cursor() as cursor:
        cursor.copy_expert(
            f"COPY (SELECT {COLUMNS} FROM job_results ORDER BY namespace_id, job_id) TO STDOUT "
            f"(NULL '{NULL}')", out)
        cursor.execute("TRUNCATE job_results CASCADE")
    raw.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE pushes, job_names"))
        connection.execute(text("CHECKPOINT"))
    raw.close()
    return lines


def copy(engine, lines: Path) -> None:
    raw = engine.raw_connection()
    with open(lines) as ready, raw.cursor() as cursor:
        cursor.copy_expert(f"COPY job_results ({COLUMNS}) FROM STDIN", ready, 1 << 20)
    raw.commit()
    raw.close()


def from_file(engine, file: Path) -> float:
    """NDJSON as `seta import` takes it in, the rollup included."""
    began = perf_counter()
    import_files(make_sessions(engine), [file], scope="trunk", now=START)
    return perf_counter() - began


def from_values(engine, file: Path) -> float:
    """Job results that a source has decoded already, the rollup left to later."""
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        projects.add_scope(session, Scope("trunk"))
        projects.add_project(session, Project("autoland"))
    seconds, writer = 0.0, ResultWriter()
    with open_records(file) as stream:
        for batch in batched(read_records(stream, print), BATCH):
            began = perf_counter()
            with sessions.begin() as session:
                writer.store(session, batch)
            seconds += perf_counter() - began
    return seconds


def again(engine, file: Path) -> float:
    """The same file once more: nothing is new."""
    from_file(engine, file)
    return from_file(engine, file)


MEASURED = {
    "bare COPY": copy_bare,
    "NDJSON file, with the rollup": from_file,
    "job results, decoded before": from_values,
    "the same file again, nothing new": again,
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        run_alone(*sys.argv[2:])
    else:
        publish("Ingest", tables)
