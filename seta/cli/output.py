"""Tables for a person, JSON for a program, and the progress of long work."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

Row = Sequence[object]
ShowProgress = Callable[[str], None]


def print_listing(
    listing: object, headings: Sequence[str], rows: Iterable[Row], *, is_json: bool,
    footer: str = "",
) -> None:
    """Print a listing as JSON, or its rows as a table, with a footer on standard error."""
    if is_json:
        print_json(listing)
        return
    print_table(headings, rows)
    if footer:
        click.echo(footer, err=True)


def print_json(value: object) -> None:
    click.echo(json.dumps(value, default=plain, indent=2, ensure_ascii=False))


def as_json(value: object) -> Any:
    """Return what `print_json` prints, as values."""
    return json.loads(json.dumps(value, default=plain))


def plain(value: object) -> object:
    """Turn what JSON does not know into what it does; times are ISO 8601, spans in seconds."""
    if dataclasses.is_dataclass(value):
        return fields_of(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


def fields_of(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass; what is in them stays as it is."""
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def print_table(headings: Sequence[str], rows: Iterable[Row]) -> None:
    """Print a table; on a pipe it is as wide as it needs, so that no name is cut."""
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        # Text, not markup: names of jobs hold brackets.
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
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
def spinner(is_shown: bool) -> Iterator[ShowProgress]:
    """Give a function that shows what is being done; on a pipe it shows nothing."""
    if not is_shown:
        yield lambda text: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False),
               TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting")
        yield lambda text: progress.update(task, description=str(text))
