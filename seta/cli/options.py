"""Options and commands that several groups share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import click

from ..domain import DEFAULT_SCOPE, Override, StoredRename
from .program import Program, operator

scope_option = click.option("--scope", default=DEFAULT_SCOPE, show_default=True,
                            help="The set of projects that share decisions.")
why_option = click.option("--why", default="", help="The reason, for the audit log.")
required_why_option = click.option("--why", required=True, help="The reason, for the audit log.")
dry_run_option = click.option("--dry-run", is_flag=True,
                              help="Show what would happen, and store nothing.")
json_option = click.option("--json", "is_json", is_flag=True, help="Print JSON, for programs.")


class TimeParam(click.ParamType[datetime]):
    """A time with a zone, or a day, in ISO 8601; without a zone it is UTC."""

    name = "TIME"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, context: click.Context | None,
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2026-03-01 or 2026-03-01T12:00:00+00:00",
                      param, context)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Entry = TypeVar("Entry", Override, StoredRename)


def add_end_command(
    group: click.Group, noun: str, end: Callable[..., Entry], describe: Callable[[Entry], object],
) -> None:
    """Add the command ``end ID`` to a group of what people add and end."""
    @group.command("end", help=f"End {noun}; it stays in the audit log.",
                   short_help=f"End {noun}.")
    @click.argument("entry_id", metavar="ID", type=int)
    @why_option
    @click.pass_obj
    def end_command(program: Program, entry_id: int, why: str) -> None:
        with program.sessions.begin() as session:
            ended = end(session, entry_id, who=operator(), why=why, now=program.now)
        click.echo(f"{noun.split()[-1]} {ended.id} ({describe(ended)}) has ended")
