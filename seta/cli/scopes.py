"""`seta scopes`."""

from typing import Any

import click

from ..curation.scopes import LIMITS, change_scope
from ..domain import OBJECTIVES
from ..store.curation.projects import scopes as stored_scopes
from .options import json_option, why_option
from .output import print_listing
from .program import Program, operator


@click.group()
def scopes() -> None:
    """List scopes, and change how they decide."""


@scopes.command("list")
@json_option
@click.pass_obj
def list_scopes(program: Program, is_json: bool) -> None:
    """List all scopes with how they decide."""
    with program.sessions() as session:
        found = stored_scopes(session)
    print_listing(
        found, ["scope", "kind", "window", "redundancy", "objective", "budget",
                "price for change"],
        [[each.name, "archived" if each.is_archived else "live", f"{each.window_days} days",
          str(each.redundancy), each.objective, f"{each.budget:g}", f"{each.change_price:g}"]
         for each in found],
        is_json=is_json)


@scopes.command("set")
@click.argument("name")
@click.option("--budget", type=click.FloatRange(*LIMITS["budget"]),
              help="Machine time of the chosen jobs, as a multiple of the cheapest cover's.")
@click.option("--objective", type=click.Choice(OBJECTIVES),
              help="cover: every regression of the window keeps a witness; expected: what is "
                   "expected to catch most for the same machine time.")
@click.option("--change-price", type=click.FloatRange(*LIMITS["change_price"]),
              help="How many times its cost a job type must be worth to be chosen in place of "
                   "those that the published set has; 1: off.")
@click.option("--redundancy", type=click.IntRange(*LIMITS["redundancy"]),
              help="How many chosen jobs catch each regression, where that many can.")
@click.option("--window-days", type=click.IntRange(*LIMITS["window_days"]),
              help="How far back regressions count.")
@why_option
@click.pass_obj
def set_scope(program: Program, /, name: str, why: str, **options: Any) -> None:
    """Change how a scope decides, from its next analysis on."""
    changes = {field: value for field, value in options.items() if value is not None}
    with program.sessions.begin() as session:
        change_scope(session, name, changes, who=operator(), why=why)
    click.echo(f"scope {name} updated; takes effect with the next analysis" if changes
               else "nothing was changed")
