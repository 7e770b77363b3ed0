"""Tables for a person, JSON for a program, and the progress of long work."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

as_json = click.option("--json", "is_json", is_flag=True, help="JSON, for a program to read.")

Say = Callable[[str], None]


def print_json(value) -> None:
    click.echo(json.dumps(value, default=plain, indent=2, ensure_ascii=False))


def plain(value):
    """Turn what JSON does not know into what it does; times are ISO 8601, spans in seconds."""
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


def print_table(headings: Sequence[str], rows: Iterable[Sequence], title: str = "") -> None:
    """Print a table; on a pipe it is as wide as it needs, so that no name is cut."""
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        # Text, not markup: names of jobs hold brackets.
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=10_000)
    console.print(table)


def minutes(milliseconds: int) -> str:
    """
    >>> minutes(90_000)
    '1.5 min'
    """
    return f"{milliseconds / 60_000:,.1f} min"


@contextmanager
def spinner(is_shown: bool) -> Iterator[Say]:
    """Give a function that shows what is being done; on a pipe it shows nothing."""
    if not is_shown:
        yield lambda text: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False),
               TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting")
        yield lambda text: progress.update(task, description=str(text))
