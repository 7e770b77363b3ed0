"""`seta overrides`."""

from datetime import datetime
from pathlib import Path

import click

from ..curation.override_entries import read_entries, read_file
from ..curation.overrides import (
    Planned, apply_overrides, end_override, plan_overrides, vanished_overrides,
)
from ..domain import DEFAULT_SCOPE, Override
from ..store.curation import overrides as store
from .options import Moment
from .output import as_json, print_json, print_table
from .program import Program, operator

scope_option = click.option("--scope", default=DEFAULT_SCOPE, show_default=True)
dry_run_option = click.option("--dry-run", is_flag=True, help="Show what it picks; store nothing.")


@click.group()
def overrides():
    """Pin job types, or lower them, for a reason."""


@overrides.command("list")
@scope_option
@click.option("--all", "with_ended", is_flag=True, help="Also those that expired or were ended.")
@as_json
@click.pass_obj
def list_overrides(program: Program, scope: str, with_ended: bool, is_json: bool):
    """Show a scope's overrides, and which of them pick no job that is alive."""
    now = program.now
    with program.sessions() as session:
        found = store.overrides(session, scope, active_at=None if with_ended else now)
        vanished = {each.id for each in vanished_overrides(session, scope, now=now)}
    if is_json:
        print_json([{"override": each, "picks_nothing": each.id in vanished} for each in found])
        return
    print_table(["id", "picks", "build system", "decision", "until", "who", "reason", ""],
                [_row(each, now, vanished) for each in found])


def _row(each: Override, now: datetime, vanished: set[int]) -> list:
    state = "" if each.is_active(now) else "ended"
    return [each.id, each.pattern, each.build_system, decision(each),
            each.expires_at and f"{each.expires_at:%Y-%m-%d %H:%M}", each.who, each.reason,
            "picks nothing" if each.id in vanished else state]


def decision(each: Override) -> str:
    return "never skip" if each.priority is None else f"priority {int(each.priority)}"


@overrides.command()
@scope_option
@click.option("--platform", help="A glob, such as windows*.")
@click.option("--build-type", help="A glob.")
@click.option("--test-suite", help="A glob; one that ends in a chunk picks that chunk.")
@click.option("--name", help="The full name of one job, instead of globs.")
@click.option("--build-system", help="Only names of this build system.")
@click.option("--priority", type=click.IntRange(1, 3))
@click.option("--never-skip", is_flag=True, help="Instead of a priority.")
@click.option("--reason", required=True)
@click.option("--expires", type=Moment(), help="It never does if left out.")
@dry_run_option
@click.pass_obj
def add(program: Program, scope: str, expires: datetime | None, dry_run: bool, **entry):
    """Add one override; it also holds for jobs that appear later."""
    entry = {field: value for field, value in entry.items() if value is not None}
    _apply(program, [entry | {"expires": expires}], scope, dry_run)


@overrides.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@scope_option
@dry_run_option
@click.pass_obj
def apply(program: Program, file: Path, scope: str, dry_run: bool):
    """Add the overrides of a JSON or YAML FILE, the old preseed format among them.

    The file is taken as a whole or not at all.
    """
    _apply(program, read_file(file), scope, dry_run)


def _apply(program: Program, entries: object, scope: str, dry_run: bool) -> None:
    now, who = program.now, operator()
    wanted = read_entries(entries, scope=scope, who=who, now=now)
    with program.sessions.begin() as session:
        planned = (plan_overrides(session, wanted, scope=scope, now=now) if dry_run else
                   apply_overrides(session, wanted, scope=scope, who=who, now=now))
    _print(planned, dry_run)


def _print(planned: list[Planned], dry_run: bool) -> None:
    print_table(["id", "picks", "decision", "jobs now", "for example", ""],
                [[each.override.id or "", each.override.pattern, decision(each.override),
                  each.matched, ", ".join(each.examples), "" if each.is_new else "known already"]
                 for each in planned])
    for each in planned:
        if each.matches_nothing:
            click.echo(f"{each.override.pattern} picks no job that is alive now", err=True)
    new = sum(each.is_new for each in planned)
    click.echo(f"{new} would be added; nothing was" if dry_run else
               f"{new} added; the next analysis obeys them", err=True)


@overrides.command()
@click.argument("override_id", type=int)
@click.option("--why", default="", help="For the audit table.")
@click.pass_obj
def end(program: Program, override_id: int, why: str):
    """Let an override hold no longer."""
    with program.sessions.begin() as session:
        ended = end_override(session, override_id, who=operator(), why=why, now=program.now)
    click.echo(f"override {ended.id} ({ended.pattern}) has ended")
