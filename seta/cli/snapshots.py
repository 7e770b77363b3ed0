"""`seta snapshots`."""

import click

from ..domain.plurals import pluralize
from ..publish import (
    diff as differences, publish as publish_snapshot, release as release_scope, roll_back,
)
from ..proof.savings import savings_of
from ..store.curation.projects import scope_named
from ..store.snapshots import snapshot_with_id, snapshots_of
from .options import json_option, required_why_option, scope_option, why_option
from .output import print_json, print_listing
from .program import Program, operator
from .snapshot_view import (
    amount, print_snapshot, savings_line, snapshot_json, state_of,
)


@click.group()
def snapshots() -> None:
    """List, compare, publish and roll back snapshots."""


@snapshots.command("list")
@scope_option
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000),
              help="How many to list.")
@json_option
@click.pass_obj
def list_snapshots(program: Program, scope: str, limit: int, is_json: bool) -> None:
    """List a scope's snapshots, newest first."""
    with program.sessions() as session:
        scope_named(session, scope)
        found = snapshots_of(session, scope, limit=limit)
    print_listing(
        found,
        ["id", "as of (UTC)", "regressions", "priority 1", "cost per push", "status", "state"],
        [[each.id, f"{each.as_of:%Y-%m-%d %H:%M}", each.regressions,
          each.inputs["priorities"]["1"], amount(each, each.objective), each.status,
          state_of(each)] for each in found], is_json=is_json)


@snapshots.command()
@click.argument("snapshot_id", type=int)
@json_option
@click.pass_obj
def show(program: Program, snapshot_id: int, is_json: bool) -> None:
    """Show one snapshot; --json adds every job type's certificate."""
    with program.sessions() as session:
        found = snapshot_with_id(session, snapshot_id)
        savings = savings_of(session, found, prices=program.settings.prices)
    if is_json:
        print_json(snapshot_json(found, savings))
    else:
        print_snapshot(found, savings)


@snapshots.command()
@click.argument("before", type=int)
@click.argument("after", type=int)
@json_option
@click.pass_obj
def diff(program: Program, before: int, after: int, is_json: bool) -> None:
    """Show the job types whose priority differs between two snapshots, and what each saves."""
    with program.sessions() as session:
        found = differences(session, before, after)
        saved = [] if is_json else [
            (number, savings_of(session, snapshot_with_id(session, number, with_priorities=False),
                                prices=program.settings.prices)) for number in (before, after)]
    print_listing(
        found,
        ["job type", f"priority in {before}", f"priority in {after}", "reason before",
         "reason after"],
        [[each.job_type, each.before and int(each.before), each.after and int(each.after),
          each.reason_before, each.reason_after] for each in found],
        is_json=is_json, footer=f"{pluralize(len(found), 'job type')} changed")
    for number, savings in saved:
        for each in savings:
            click.echo(f"snapshot {number}, {savings_line(each)}", err=True)


@snapshots.command()
@click.argument("snapshot_id", type=int)
@required_why_option
@click.pass_obj
def publish(program: Program, snapshot_id: int, why: str) -> None:
    """Publish a snapshot by hand.

    Automatic publication stops until `seta snapshots release`.
    """
    found = publish_snapshot(program.sessions, snapshot_id, who=operator(), why=why,
                             now=program.now)
    click.echo(f"snapshot {found.id} of {found.scope} is published; `seta snapshots release "
               f"--scope {found.scope}` resumes automatic publication")


@snapshots.command()
@scope_option
@required_why_option
@click.pass_obj
def rollback(program: Program, scope: str, why: str) -> None:
    """Publish the snapshot that was published before the current one."""
    found = roll_back(program.sessions, scope, who=operator(), why=why, now=program.now)
    click.echo(f"snapshot {found.id} of {found.scope} is published again; `seta snapshots release "
               f"--scope {found.scope}` resumes automatic publication")


@snapshots.command()
@scope_option
@why_option
@click.pass_obj
def release(program: Program, scope: str, why: str) -> None:
    """Resume automatic publication."""
    release_scope(program.sessions, scope, who=operator(), why=why)
    click.echo(f"new snapshots of {scope} are published automatically again")
