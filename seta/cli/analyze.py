"""`seta analyze`."""

from datetime import datetime

import click

from ..errors import BadInput, CannotAnswer
from .. import publish
from ..proof.savings import savings_of
from .options import TimeParam, dry_run_option, json_option, scope_option
from .output import print_json, spinner
from .program import Program
from .snapshot_view import print_snapshot, snapshot_json


@click.command()
@scope_option
@click.option("--as-of", type=TimeParam(),
              help="Analyze a past moment, with what was known then.")
@dry_run_option
@click.option("--compare", is_flag=True,
              help="Also show what the algorithm of earlier SETAs (drop-one) would choose.")
@json_option
@click.pass_obj
def analyze(program: Program, scope: str, as_of: datetime | None, dry_run: bool, compare: bool,
            is_json: bool) -> None:
    """Compute the cheapest set of job types that catches every regression of the window.

    The result is a snapshot. It is published unless the guard holds it back; then the exit code
    is 1, and the snapshot can be published by hand.
    """
    if as_of is not None and as_of > program.now:
        raise BadInput(f"--as-of is {as_of.isoformat()}, which is in the future")
    with spinner(program.has_terminal) as show_progress:
        snapshot = publish.analyze(
            program.sessions, scope, now=program.now, settings=program.settings, as_of=as_of,
            dry_run=dry_run, compare=compare, progress=show_progress)
    with program.sessions() as session:
        savings = savings_of(
            session, snapshot, prices=program.settings.prices) if snapshot.id else []
    if is_json:
        print_json(snapshot_json(snapshot, savings))
    else:
        print_snapshot(snapshot, savings)
    if snapshot.held_because and not dry_run:
        raise CannotAnswer(f"snapshot {snapshot.id} is held back: {snapshot.held_because}")
