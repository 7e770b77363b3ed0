"""`seta renames`."""

from datetime import datetime
from typing import Any

import click

from ..curation import renames as curation
from ..domain import NewFields, Pattern, Rename
from ..domain.plurals import pluralize
from ..store.curation import renames as store
from ..store.curation.projects import scope_named
from .options import TimeParam, add_end_command, dry_run_option, json_option, scope_option
from .output import print_listing, print_table
from .program import Program, operator

FIELDS = ("platform", "build_type", "test_suite")


@click.group()
def renames() -> None:
    """Carry history over to new names."""


@renames.command("list")
@scope_option
@json_option
@click.pass_obj
def list_renames(program: Program, scope: str, is_json: bool) -> None:
    """List a scope's active renames."""
    with program.sessions() as session:
        scope_named(session, scope)
        found = store.renames(session, scope, active_at=program.now)
    print_listing(
        found, ["id", "rename", "since (UTC)", "who", "why"],
        [[each.id, each.rename, f"{each.rename.since:%Y-%m-%d %H:%M}", each.rename.who,
          each.rename.why] for each in found], is_json=is_json)


@renames.command()
@scope_option
@click.option("--old-platform", help="A glob, such as osx-10-8*.")
@click.option("--old-build-type", help="A glob.")
@click.option("--old-test-suite", help="A glob.")
@click.option("--new-platform", help="Replaces the old platform.")
@click.option("--new-build-type", help="Replaces the old build type.")
@click.option("--new-test-suite", help="Replaces the old test suite.")
@click.option("--since", type=TimeParam(), help="When it happened; default: now.")
@click.option("--why", required=True, help="The reason; shown with the rename.")
@dry_run_option
@click.pass_obj
def add(
    program: Program, /, scope: str, since: datetime | None, why: str, dry_run: bool,
    **fields: Any,
) -> None:
    """Carry the history of matching job types over to their new names."""
    now = program.now
    rename = Rename(
        Pattern(**{field: fields[f"old_{field}"] for field in FIELDS if fields[f"old_{field}"]}),
        NewFields(**{field: fields[f"new_{field}"] for field in FIELDS}),
        since or now, operator(), why)
    with program.sessions.begin() as session:
        if dry_run:
            carried = curation.plan_rename(session, scope, rename, now=now)
            outcome = "would carry over {}; nothing was stored"
        else:
            stored, carried = curation.add_rename(session, scope, rename, now=now)
            outcome = f"rename {stored.id} carries over {{}}"
    print_table(["old", "new", ""], [[each.old, each.new, "" if each.is_known else "not seen yet"]
                                     for each in carried])
    click.echo(outcome.format(pluralize(len(carried), "job type")), err=True)


add_end_command(renames, "a rename", curation.end_rename, lambda stored: stored.rename)
