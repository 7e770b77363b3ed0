"""Tables for a person, JSON for a program."""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

as_json = click.option("--json", "is_json", is_flag=True, help="JSON, for a program to read.")


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
