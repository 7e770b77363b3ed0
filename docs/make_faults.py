"""Run the suite of system faults and write what it saw: `python docs/make_faults.py`.

`SETA_FAULT_REPEATS=10` kills ten times as often as the tests do.
"""

import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
HEAD = """# Faults

What happens when a part of the system fails. Each row is one test of `tests/faults`, on real
programs: `seta` commands and gunicorn, a PostgreSQL server that the suite stops, hangs, kills and
fills, and sources that answer badly. `python docs/make_faults.py` runs the suite and writes this
page.

Run on {date}, on {machine}.

| fault | expected | seen |
|---|---|---|
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        code = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "tests/faults", f"--junitxml={report}",
             "-o", "junit_family=xunit1", *sys.argv[1:]], cwd=ROOT).returncode
        rows = rows_of(ElementTree.parse(report))
    if code:
        print("the suite failed, so docs/faults.md is not written", file=sys.stderr)
        return code
    Path(__file__).with_name("faults.md").write_text(page(rows), encoding="utf-8")
    return 0


def rows_of(report: ElementTree.ElementTree) -> list[tuple[str, str, str]]:
    """Return the cells of each fault: what it is, what is expected, and all that was seen."""
    seen: dict[tuple[str, str], list[str]] = {}
    for case in report.iter("testcase"):
        found = {each.get("name"): each.get("value") for each in case.iter("property")}
        if "fault" not in found:
            continue   # a test beside them
        skipped = case.find("skipped")
        sentence = (found.get("seen", "") if skipped is None
                    else f"not run: {skipped.get('message')}")
        seen.setdefault((found["fault"], found["expected"]), []).append(sentence)
    return [(*fault, " ".join(sentences)) for fault, sentences in seen.items()]


def page(rows) -> str:
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    head = HEAD.format(date=f"{datetime.now(UTC):%Y-%m-%d}", machine=machine)
    return head + "".join(
        f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n" for cells in rows)


if __name__ == "__main__":
    sys.exit(main())
