"""How benchmarks tell what they measured: on a terminal, or as a section of docs/measured.md.

A program has a function that measures and returns its tables, and ends with `publish`:

    if __name__ == "__main__":
        publish("Serving", tables)
"""

import os
import platform
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

MARKDOWN = "--markdown"


@dataclass(frozen=True)
class Table:
    """What was measured; `about` says, in Markdown, what was done and what is compared."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    about: str = ""
    title: str = ""   # needed only where a section has several tables
    after: str = ""   # what the figures do not say by themselves


def publish(title: str, tables: Callable[[], Sequence[Table]]) -> None:
    """Measure and print; with --markdown, as a section of docs/measured.md."""
    is_markdown = MARKDOWN in sys.argv
    if is_markdown:
        sys.argv.remove(MARKDOWN)
    found = tables()
    if is_markdown:
        print(section(title, found))
        return
    console = Console(width=140)
    for table in found:
        console.print(_for_terminal(table))
        if table.after:
            console.print(table.after)


def section(title: str, tables: Sequence[Table]) -> str:
    """Return a section in Markdown."""
    parts = [f"## {title}"]
    for table in tables:
        parts += [f"### {table.title}"] if table.title else []
        parts += [each for each in (_joined(table.about), _markdown(table), _joined(table.after))
                  if each]
    return "\n\n".join(parts) + "\n"


def machine() -> str:
    """Name this machine as the figures need it: processor, cores, memory, system, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024 ** 3
    return (f"{_processor()}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, "
            f"{platform.system()} {platform.release().partition('-')[0]}, "
            f"Python {platform.python_version()}")


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    return found[1].strip() if found else platform.machine()


def _for_terminal(table: Table) -> RichTable:
    made = RichTable(title=table.title or None)
    for number, column in enumerate(table.header):
        made.add_column(column, justify="right" if number else "left")
    for row in table.rows:
        made.add_row(*row)
    return made


def _markdown(table: Table) -> str:
    if not table.rows:
        return ""
    lines = [table.header, ["---"] * len(table.header), *table.rows]
    return "\n".join(f"| {' | '.join(_cell(each) for each in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", r"\|").split())


def _joined(text: str) -> str:
    """One line a paragraph: a source's line breaks are not the page's."""
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))
