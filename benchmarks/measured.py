"""Measure everything anew and write docs/measured.md: ``make bench``.

    python benchmarks/measured.py [--growth "1 5 20 40"] [--beside PATH] [SECTION ...]

Named sections are measured again, the others stay as they are; each says when and on which machine
it was measured. Nothing else should run on the machine meanwhile.
"""

import argparse
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from report import MARKDOWN, machine

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "measured.md"
INTRODUCTION = """\
# Measurements

Made by `make bench`, which runs the programs of `benchmarks/` one after the other and writes this
page; `make bench ONLY=serving` measures one section again. Wherever there is a peer or a limit,
both were measured in turns in one run, and their ratio stands beside them.
"""
SECTIONS = ("analysis", "stars", "ingest", "serving", "scheduling", "growth", "soak",
            "backtest", "coverage")
MARK = "<!-- {} -->"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--growth", default="1 5", help="sizes, in millions of results")
    parser.add_argument("--minutes", default="10", help="of the soak")
    parser.add_argument("--beside", default="", metavar="PATH",
                        help="a checkout of an earlier release, to schedule pushes beside it")
    chosen = parser.parse_args()
    unknown = set(chosen.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"there is no section {min(unknown)!r}: {', '.join(SECTIONS)}")
    arguments = {"growth": chosen.growth.split(), "soak": ["--minutes", chosen.minutes],
                 "scheduling": ["--beside", chosen.beside] if chosen.beside else []}
    sections = known_sections()
    for name in chosen.sections or SECTIONS:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        found = measure(name, arguments.get(name, []))
        if found is None:
            return 1
        sections[name] = found
        write(sections)
    return 0


def measure(name: str, arguments: list[str]) -> str | None:
    """Run a program and return its section; None if it failed."""
    load = os.getloadavg()[0]
    done = subprocess.run(
        [sys.executable, str(HERE / f"{name}.py"), MARKDOWN, *arguments],
        stdout=subprocess.PIPE, text=True)
    if done.returncode:
        print(f"{name}.py ended with {done.returncode}; its section stays as it was",
              file=sys.stderr)
        return None
    heading, _, rest = done.stdout.strip().partition("\n")
    shown = ["PATH" if Path(each).is_dir() else each for each in arguments]
    command = " ".join([f"benchmarks/{name}.py", *shown])
    where = (f"`python {command}`, {datetime.now(UTC):%Y-%m-%d}, on {machine()}. "
             f"Load average at the start: {load:.1f}.")
    return f"{heading}\n\n{where}\n{rest}\n"


def known_sections() -> dict[str, str]:
    """Return the sections that the page has now, by name."""
    page = PAGE.read_text() if PAGE.exists() else ""
    found = re.split(r"<!-- (\w+) -->\n", page)
    return {name: text.strip() + "\n" for name, text in zip(found[1::2], found[2::2])}


def write(sections: dict[str, str]) -> None:
    parts = [INTRODUCTION]
    parts += [f"{MARK.format(name)}\n{sections[name].strip()}\n" for name in SECTIONS
              if name in sections]
    PAGE.write_text("\n".join(parts))


if __name__ == "__main__":
    sys.exit(main())
