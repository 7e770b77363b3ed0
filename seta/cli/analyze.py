"""`seta analyze`."""

from datetime import datetime

import click

from ..domain import DEFAULT_SCOPE
from ..errors import BadInput, CannotAnswer
from ..publish import analyse
from .options import Moment
from .output import as_json, print_json, spinner
from .program import Program
from .snapshot_view import print_snapshot


@click.command()
@click.option("--scope", default=DEFAULT_SCOPE, show_default=True)
@click.option("--as-of", type=Moment(),
              help="Decide as of a past moment, from what was known then.")
@click.option("--dry-run", is_flag=True, help="Show the answer, and store nothing.")
@click.option("--compare", is_flag=True,
              help="Also try the drop-one pass of earlier SETAs, in ten orders.")
@as_json
@click.pass_obj
def analyze(program: Program, scope: str, as_of: datetime | None, dry_run: bool, compare: bool,
            is_json: bool):
    """Compute the cheapest set of job types that catches every regression of the window.

    The result is a snapshot. It is published unless something holds it back; then the exit code
    is 1, and the snapshot can be published by hand.
    """
    if as_of is not None and as_of > program.now:
        raise BadInput(f"--as-of is {as_of.isoformat()}, which has not come yet")
    with spinner(program.has_terminal) as say:
        snapshot = analyse(
            program.sessions, scope, now=program.now, settings=program.settings, as_of=as_of,
            dry_run=dry_run, compare=compare, progress=say)
    if is_json:
        print_json(snapshot)
    else:
        print_snapshot(snapshot)
    if snapshot.held_because and not dry_run:
        raise CannotAnswer(f"snapshot {snapshot.id} is held back: {snapshot.held_because}")
