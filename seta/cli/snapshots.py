"""`seta snapshots`."""

import click

from ..domain import DEFAULT_SCOPE
from ..publish import (
    diff as differences, publish as publish_snapshot, release as release_scope, roll_back,
)
from ..store.snapshots import snapshot_with_id, snapshots_of
from .output import as_json, print_json, print_table
from .program import Program, operator
from .snapshot_view import amount, print_snapshot, state_of

scope_option = click.option("--scope", default=DEFAULT_SCOPE, show_default=True)
why_option = click.option("--why", required=True, help="The reason, for the audit table.")


@click.group()
def snapshots():
    """List, compare, publish and roll back."""


@snapshots.command("list")
@scope_option
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000))
@as_json
@click.pass_obj
def list_snapshots(program: Program, scope: str, limit: int, is_json: bool):
    """Show a scope's snapshots, the newest first."""
    with program.sessions() as session:
        found = snapshots_of(session, scope, limit=limit)
    if is_json:
        print_json(found)
        return
    print_table(
        ["id", "as of (UTC)", "regressions", "high value", "cost a push", "status", "state"],
        [[each.id, f"{each.as_of:%Y-%m-%d %H:%M}", each.regressions,
          each.inputs["priorities"]["1"], amount(each, each.objective), each.status,
          state_of(each)] for each in found])


@snapshots.command()
@click.argument("snapshot_id", type=int)
@as_json
@click.pass_obj
def show(program: Program, snapshot_id: int, is_json: bool):
    """Show one snapshot; with --json also every job type's certificate."""
    with program.sessions() as session:
        found = snapshot_with_id(session, snapshot_id)
    print_json(found) if is_json else print_snapshot(found)


@snapshots.command()
@click.argument("before", type=int)
@click.argument("after", type=int)
@as_json
@click.pass_obj
def diff(program: Program, before: int, after: int, is_json: bool):
    """Show the job types whose priority differs between two snapshots."""
    with program.sessions() as session:
        found = differences(session, before, after)
    if is_json:
        print_json(found)
        return
    print_table(
        ["job type", f"in {before}", f"in {after}", "reason before", "reason after"],
        [[each.job_type, each.before and int(each.before), each.after and int(each.after),
          each.reason_before, each.reason_after] for each in found])
    click.echo(f"{len(found)} differ", err=True)


@snapshots.command()
@click.argument("snapshot_id", type=int)
@why_option
@click.pass_obj
def publish(program: Program, snapshot_id: int, why: str):
    """Put a snapshot before the clients; automatic publication stops until `release`."""
    found = publish_snapshot(program.sessions, snapshot_id, who=operator(), why=why,
                             now=program.now)
    click.echo(f"snapshot {found.id} of {found.scope} is published; `seta snapshots release "
               f"--scope {found.scope}` lets newer ones follow by themselves")


@snapshots.command()
@scope_option
@why_option
@click.pass_obj
def rollback(program: Program, scope: str, why: str):
    """Publish the last snapshot that was published before the present one."""
    found = roll_back(program.sessions, scope, who=operator(), why=why, now=program.now)
    click.echo(f"snapshot {found.id} of {found.scope} is published again; automatic publication "
               "is stopped until `seta snapshots release`")


@snapshots.command()
@scope_option
@click.option("--why", default="", help="The reason, for the audit table.")
@click.pass_obj
def release(program: Program, scope: str, why: str):
    """Let new snapshots be published automatically again."""
    release_scope(program.sessions, scope, who=operator(), why=why)
    click.echo(f"new snapshots of {scope} are published automatically again")
