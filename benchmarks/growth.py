"""What grows with the number of results: time, memory and disk at 1, 5, 20 and 40 million.

    python benchmarks/growth.py [MILLIONS ...] [--json FILE] [--home FOLDER]

One database grows from size to size; by default to 1 and 5 million. Forty million need 20 GB of
disk and half an hour. Each finished size is shown on standard error, and written to FILE.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack, nullcontext
from pathlib import Path

from growth_disk import copied, disk, write_ahead_log
from growth_results import ROWS_A_DAY
from growth_serving import Asked, served
from report import Table, publish

from seta.store.embedded import EmbeddedServer
from seta.store.engine import make_engine
from seta.store.migrations.upgrade import upgrade

HERE = Path(__file__).parent
MILLION = 1_000_000
SIZES = (1, 5)

# Column, key, format, and what to multiply by.
COLUMNS = (
    ("import of the last million, rows/s", "rate", "{:,.0f}"),
    ("of the first", "ratio", "{:.2f}"),
    ("its memory", "import_mb", "{:.0f} MB"),
    ("analysis", "analysis", "{:.1f} s"),
    ("its memory", "analysis_mb", "{:.0f} MB"),
    ("disk a result", "bytes", "{:.0f} bytes"),
    ("prune a day", "prune", "{:.1f} s"),
    ("slowest list meanwhile", "slowest", "{:.0f} ms"),
    ("`seta serve` answers after", "start", "{:.1f} s"),
    ("migration", "migration", "{:.0f} s"),
)
# What stands in the line of exponents: the whole, not the part of one result.
WHOLE = {"rate": "last_million", "ratio": None, "bytes": "disk"}


def tables() -> list[Table]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("millions", nargs="*", type=float, default=SIZES)
    parser.add_argument("--json", type=Path, help="write what was measured to this file")
    parser.add_argument("--home", type=Path, help="where the database is made, and removed")
    chosen = parser.parse_args()
    found: list[dict] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(
            tempfile.TemporaryDirectory(prefix="seta-growth-", dir=chosen.home)))
        folder.chmod(0o755)  # the database server may run as another user
        database = stack.enter_context(EmbeddedServer(folder))
        engine = make_engine(database.url)
        upgrade(engine)
        engine.dispose()
        sizes = sorted(chosen.millions)
        for before, size in zip([0, *sizes], sizes, strict=False):
            found.append(measured(database.url, before, size, found, is_last=size == sizes[-1]))
            tell(found[-1])
            if chosen.json:
                chosen.json.write_text(json.dumps(found, indent=1))
    return [growth(found), where_the_bytes_are(found)]


def measured(url: str, before: float, size: float, found: list[dict], *, is_last: bool) -> dict:
    """Grow to a size, and measure everything there."""
    day = size * MILLION / ROWS_A_DAY
    most = import_rows(url, before, size - 1) if size - 1 > before else None
    last = import_rows(url, max(before, size - 1), size)
    rate = last["results"] / last["seconds"]
    analysis = step("analyze", url, day)
    there, log = disk(url), write_ahead_log(url)
    count = int(size * MILLION)
    one = {
        "millions": size, "results": count, "rate": rate, "last_million": last["seconds"],
        "ratio": rate / (found[0]["rate"] if found else rate),
        "rate_before": most and most["results"] / most["seconds"],
        "import_mb": max(each["megabytes"] for each in (most, last) if each),
        "analysis": analysis["seconds"], "analysis_mb": analysis["megabytes"],
        "regressions": analysis["regressions"], "status": analysis["status"],
        "disk": sum(there.values()), "bytes": sum(there.values()) / count, "relations": there,
        "write_ahead_log": log,
    }
    # The last size needs no copy: nothing comes after it.
    with nullcontext(url) if is_last else copied(url) as database:
        for measure in (prune_while_serving, migrate):
            try:
                one |= measure(database, day)
            except (subprocess.CalledProcessError, OSError) as error:  # the other sizes still count
                print(f"{measure.__name__} failed: {error}", file=sys.stderr, flush=True)
    return one


def prune_while_serving(url: str, day: float) -> dict:
    with served(url) as server, Asked(server.url) as asked:
        pruned = step("prune", url, 1.0)
    return {"start": server.started_after, "prune": pruned["seconds"],
            "pruned": pruned["results"], "slowest": max(asked.milliseconds),
            "median": statistics.median(asked.milliseconds), "asked": len(asked.milliseconds)}


def migrate(url: str, day: float) -> dict:
    back = step("migrate back", url, day)["seconds"]
    return {"migration back": back, "migration": step("migrate", url, day)["seconds"]}


def import_rows(url: str, start: float, end: float) -> dict:
    """Pipe rows from a program that makes them into one that imports them."""
    first, last = (str(int(each * MILLION)) for each in (start, end))
    with subprocess.Popen([sys.executable, str(HERE / "growth_results.py"), first, last],
                          stdout=subprocess.PIPE) as made:
        done = step("import", url, int(last) / ROWS_A_DAY, made.stdout)
    if made.returncode or done["bad"] or done["results"] != int(last) - int(first):
        raise SystemExit(f"the import of rows {first} to {last} failed: {done}")
    return done


def step(name: str, url: str, day: float, rows=None) -> dict:
    print(f"{name} ...", end=" ", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, str(HERE / "growth_steps.py"), name, url, str(day)],
                          stdin=rows, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout)
    print(f"{found['seconds']:.1f} s, {found['megabytes']:.0f} MB", file=sys.stderr, flush=True)
    return found


def tell(one: dict) -> None:
    figures = ", ".join(f"{column}: {cell(one, key, shape)}" for column, key, shape in COLUMNS)
    print(f"{one['millions']:g} million: {figures}", file=sys.stderr, flush=True)


def growth(found: list[dict]) -> Table:
    rows = [[f"{one['millions']:g} million",
             *(cell(one, key, shape) for _, key, shape in COLUMNS)] for one in found]
    if len(found) > 1:
        rows.append(["exponent", *(exponent(found, WHOLE.get(key, key))
                                   for _, key, _ in COLUMNS)])
    return Table(
        ("results", *(column for column, _, _ in COLUMNS)), rows,
        f"""One database that grows: {ROWS_A_DAY:,} results a day, 6,000 job types on each of three
        projects, one failure in twenty. The last million of each size is imported by itself, its
        rollup included. While the oldest day is pruned, `seta serve` answers a list every 50 ms.
        The migration is the one from the tables of the release before, of the whole database.

        The last line says how each grows with the number of results: 0 is not at all, 1 is in
        proportion. For the import it is the time of a million, for the disk the whole database.""")


def cell(one: dict, key: str, shape: str) -> str:
    return shape.format(one[key]) if key in one else "failed"


def exponent(found: list[dict], key: str | None) -> str:
    """Return the slope of the logarithms, by least squares.

    >>> exponent([{"results": 1, "disk": 3}, {"results": 10, "disk": 300}], "disk")
    '2.00'
    """
    if key is None or not all(key in one for one in found):
        return ""
    sizes = [math.log(one["results"]) for one in found]
    values = [math.log(max(one[key], 1e-9)) for one in found]
    return f"{statistics.linear_regression(sizes, values).slope:.2f}"


def where_the_bytes_are(found: list[dict]) -> Table:
    names = list(found[-1]["relations"])
    return Table(
        ("", *(f"{one['millions']:g} million" for one in found)),
        [[name, *(f"{one['relations'].get(name, 0) / one['results']:.1f}" for one in found)]
         for name in names],
        "Bytes of the database, divided by the number of results.", title="Where the bytes are",
        after=f"""Beside its data, the server has {found[-1]["write_ahead_log"] / 2**30:.1f} GiB of
        write-ahead log, however many results there are.""")


if __name__ == "__main__":
    publish("Growth", tables)
