"""`seta renames`."""

from datetime import datetime

import click

from ..curation import renames as curation
from ..domain import DEFAULT_SCOPE, NewWords, Pattern, Rename
from ..store.curation import renames as store
from .options import Moment
from .output import as_json, print_json, print_table
from .program import Program, operator

WORDS = ("platform", "build_type", "test_suite")
scope_option = click.option("--scope", default=DEFAULT_SCOPE, show_default=True)


@click.group()
def renames():
    """Carry history over to new names."""


@renames.command("list")
@scope_option
@as_json
@click.pass_obj
def list_renames(program: Program, scope: str, is_json: bool):
    """Show a scope's renames that are believed."""
    with program.sessions() as session:
        found = store.renames(session, scope, active_at=program.now)
    if is_json:
        print_json(found)
        return
    print_table(["id", "rename", "since", "who", "why"],
                [[each.id, each.rename, f"{each.rename.since:%Y-%m-%d %H:%M}", each.rename.who,
                  each.rename.why] for each in found])


@renames.command()
@scope_option
@click.option("--old-platform", help="A glob, such as osx-10-8*.")
@click.option("--old-build-type", help="A glob.")
@click.option("--old-test-suite", help="A glob.")
@click.option("--new-platform")
@click.option("--new-build-type")
@click.option("--new-test-suite")
@click.option("--since", type=Moment(), help="Now if left out.")
@click.option("--why", required=True)
@click.option("--dry-run", is_flag=True, help="Show what it carries over; store nothing.")
@click.pass_obj
def add(program: Program, scope: str, since: datetime | None, why: str, dry_run: bool, **words):
    """Read the history and witnesses of job types that match --old-... as the new ones'."""
    now = program.now
    rename = Rename(
        Pattern(**{word: words[f"old_{word}"] for word in WORDS if words[f"old_{word}"]}),
        NewWords(**{word: words[f"new_{word}"] for word in WORDS}),
        since or now, operator(), why)
    with program.sessions.begin() as session:
        if dry_run:
            carried = curation.plan_rename(session, scope, rename, now=now)
        else:
            stored, carried = curation.add_rename(session, scope, rename, now=now)
    print_table(["old", "new", ""], [[each.old, each.new, "" if each.is_known else "not seen yet"]
                                     for each in carried])
    click.echo(f"{len(carried)} job types would be carried over; nothing is stored" if dry_run
               else f"rename {stored.id} carries over {len(carried)} job types", err=True)


@renames.command()
@click.argument("rename_id", type=int)
@click.option("--why", default="", help="For the audit table.")
@click.pass_obj
def end(program: Program, rename_id: int, why: str):
    """Believe a rename no longer."""
    with program.sessions.begin() as session:
        ended = curation.end_rename(session, rename_id, who=operator(), why=why,
                                    now=program.now)
    click.echo(f"rename {ended.id} is believed no longer")
