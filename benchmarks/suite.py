"""The slowest tests of the suite: runs all tests, and writes a section of docs/CONTRIBUTING.md.

    .tox/tests/bin/python benchmarks/suite.py

Nothing else should run on the machine meanwhile. A test's time is that of its own setup, call and
teardown, beside the other workers; what it sets up for others counts as its own.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

from report import Table, machine, section

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "CONTRIBUTING.md"
BEGIN, END = "<!-- slowest tests: begin -->\n", "<!-- slowest tests: end -->\n"
TITLE = "The slowest tests"
SLOWEST = 20
WORKERS = 4  # as in tox.ini


def tables() -> list[Table]:
    """Run all tests; return the slowest, and how long all took."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        begun, begun_cpu = time.monotonic(), cpu_seconds()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", str(WORKERS), "--dist", "worksteal",
             f"--junitxml={report}", "tests"], cwd=ROOT)
        seconds, cpu = time.monotonic() - begun, cpu_seconds() - begun_cpu
        if done.returncode:
            sys.exit("not all tests passed, so nothing was written")
        tests = times(report)
    total = sum(each for each, _ in tests)
    return [Table(
        about=f"Made by `.tox/tests/bin/python benchmarks/suite.py` on {machine()}. All "
              f"{len(tests):,} tests took {seconds:.0f} s with {WORKERS} workers, and {cpu:.0f} s "
              f"of processor time without that of PostgreSQL; the slowest {SLOWEST} took "
              f"{sum(each for each, _ in tests[:SLOWEST]) / total:.0%} of the time of all.",
        header=("test", "seconds"),
        rows=[(f"`{name}`", f"{each:.1f}") for each, name in tests[:SLOWEST]])]


def times(report: Path) -> list[tuple[float, str]]:
    """Return the seconds and name of each test, the slowest first."""
    cases = ElementTree.parse(report).iter("testcase")
    return sorted(((float(case.get("time", 0)), name_of(case)) for case in cases), reverse=True)


def name_of(case: ElementTree.Element) -> str:
    """Return a test's file and name.

    >>> name_of(ElementTree.Element("testcase", classname="tests.web.test_pages", name="test_x[a]"))
    'web/test_pages.py: test_x[a]'
    """
    file = (case.get("classname") or "").removeprefix("tests.").replace(".", "/")
    return f"{file}.py: {case.get('name')}"


def cpu_seconds() -> float:
    """Return the processor time of this program and of all that it waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def write(text: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    whole = re.compile(f"(?<={re.escape(BEGIN)}).*?(?={re.escape(END)})", re.DOTALL)
    PAGE.write_text(whole.sub(lambda _: f"\n{text}\n", page), encoding="utf-8")


if __name__ == "__main__":
    made = section(TITLE, tables())
    write(made)
    print(made)
