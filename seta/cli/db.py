"""`seta db`."""

import click

from ..store.migrations.upgrade import upgrade
from .program import Program


@click.group()
def db():
    """Bring the database to this version."""


@db.command("upgrade")
@click.pass_obj
def upgrade_command(program: Program):
    """Apply the migrations that are missing; safe to run again, and by two at once."""
    click.echo(f"the database is at version {upgrade(program.unchecked_engine)}")
