"""`seta db`."""

import click

from ..store.migrations.upgrade import upgrade
from .program import Program


@click.group()
def db() -> None:
    """Migrate the database."""


@db.command("upgrade")
@click.pass_obj
def upgrade_command(program: Program) -> None:
    """Apply the missing migrations.

    It is safe to repeat, and to run twice at the same time.
    """
    click.echo(f"the database is at version {upgrade(program.unchecked_engine)}")
