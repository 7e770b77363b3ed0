"""`seta overrides`."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ..curation.override_entries import read_entries, read_file
from ..curation.overrides import (
    PlannedOverride, apply_overrides, end_override, plan_overrides, vanished_overrides,
)
from ..domain import Override
from ..domain.plurals import pluralize
from ..publish import newly_given_up
from ..store.curation import overrides as store
from ..store.curation.projects import scope_named
from .options import TimeParam, add_end_command, dry_run_option, json_option, scope_option
from .output import print_listing, print_table
from .program import Program, operator


@click.group()
def overrides() -> None:
    """Set priorities by hand, for a reason."""


@overrides.command("list")
@scope_option
@click.option("--all", "with_ended", is_flag=True, help="Include expired and ended overrides.")
@json_option
@click.pass_obj
def list_overrides(program: Program, scope: str, with_ended: bool, is_json: bool) -> None:
    """List a scope's overrides; mark those that match no job.

    Only jobs that are alive count.
    """
    now = program.now
    with program.sessions() as session:
        scope_named(session, scope)
        found = store.overrides(session, scope, active_at=None if with_ended else now)
        vanished = {each.id for each in vanished_overrides(session, scope, now=now)}
    print_listing(
        [{"override": each, "picks_nothing": each.id in vanished} for each in found],
        ["id", "job types", "build system", "decision", "expires (UTC)", "who", "reason", "state"],
        [_row(each, now, vanished) for each in found], is_json=is_json)


def _row(each: Override, now: datetime, vanished: set[int]) -> list[object]:
    state = "active" if each.is_active(now) else "ended"
    return [each.id, each.pattern, each.build_system, describe_priority(each),
            each.expires_at and f"{each.expires_at:%Y-%m-%d %H:%M}", each.who, each.reason,
            "matches nothing" if each.id in vanished else state]


def describe_priority(each: Override) -> str:
    return "never skip" if each.priority is None else f"priority {int(each.priority)}"


@overrides.command()
@scope_option
@click.option("--platform", help="A glob, such as windows*.")
@click.option("--build-type", help="A glob.")
@click.option("--test-suite", help="A glob; one that ends in a chunk matches that chunk.")
@click.option("--name", help="The full name of one job, instead of globs.")
@click.option("--build-system", help="Only names of this build system.")
@click.option("--priority", type=click.IntRange(1, 3), help="The priority of the matching jobs.")
@click.option("--never-skip", is_flag=True,
              help="Always run the matching jobs, instead of a priority.")
@click.option("--reason", required=True, help="The reason; shown with the override.")
@click.option("--expires", type=TimeParam(), help="When the override ends; default: never.")
@dry_run_option
@click.pass_obj
def add(
    program: Program, /, scope: str, expires: datetime | None, dry_run: bool, **entry: Any,
) -> None:
    """Add one override, which applies to future jobs as well."""
    entry = {field: value for field, value in entry.items() if value is not None}
    _apply(program, [entry | {"expires": expires}], scope, dry_run)


@overrides.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@scope_option
@dry_run_option
@click.pass_obj
def apply(program: Program, file: Path, scope: str, dry_run: bool) -> None:
    """Add all overrides of a JSON or YAML FILE, or none if one is wrong.

    The file may be in the preseed format of earlier SETAs.
    """
    _apply(program, read_file(file), scope, dry_run)


add_end_command(overrides, "an override", end_override, lambda override: override.pattern)


def _apply(program: Program, entries: object, scope: str, dry_run: bool) -> None:
    now, who = program.now, operator()
    wanted = read_entries(entries, scope=scope, who=who, now=now)
    given_up: list[str] = []
    with program.sessions.begin() as session:
        if dry_run:
            planned = plan_overrides(session, wanted, scope=scope, now=now)
            given_up = newly_given_up(
                session, [each.override for each in planned if each.is_new], scope=scope, now=now,
                settings=program.settings)
        else:
            planned = apply_overrides(session, wanted, scope=scope, who=who, now=now)
    _print(planned, dry_run)
    if given_up:
        click.echo(f"the next analysis would give up {pluralize(len(given_up), 'regression')}, "
                   f"which only these jobs caught: {', '.join(given_up)}", err=True)


def _print(planned: list[PlannedOverride], dry_run: bool) -> None:
    print_table(["id", "job types", "decision", "jobs now", "for example", "state"],
                [[each.override.id or "", each.override.pattern, describe_priority(each.override),
                  each.matched, ", ".join(each.examples), "new" if each.is_new else "exists"]
                 for each in planned])
    for each in planned:
        if each.matches_nothing:
            click.echo(f"{each.override.pattern} matches no job that is alive now", err=True)
    new = sum(each.is_new for each in planned)
    click.echo(f"{new} would be added; nothing was stored" if dry_run else
               f"{new} added; the next analysis applies them", err=True)
