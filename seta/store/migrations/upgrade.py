"""Migrate the database to this version's tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from ...errors import StoreError
from ..locks import Lock


def migration_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> str | None:
    """Apply what is missing, in one transaction; return the revision reached.

    Two at once wait for each other. Raises StoreError for tables of a version we do not know.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": Lock.UPGRADE})
        config = migration_config(connection)
        _refuse_unknown(MigrationContext.configure(connection).get_current_revision(), config)
        command.upgrade(config, "head")
        return MigrationContext.configure(connection).get_current_revision()


def check_version(engine: Engine) -> None:
    """Raise StoreError with the command to run when the tables are not this version's."""
    with engine.connect() as connection:
        config = migration_config(connection)
        there = MigrationContext.configure(connection).get_current_revision()
        here = ScriptDirectory.from_config(config).get_current_head()
    _refuse_unknown(there, config)
    if there != here:
        raise StoreError(f"the database is at version {there or 'none'}, this program needs "
                         f"{here}: run `seta db upgrade`")


def _refuse_unknown(revision: str | None, config: Config) -> None:
    """Raise StoreError for tables that none of our migrations can upgrade."""
    known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreError(
            f"the database is at version {revision}, which this program does not know: it was made "
            "by a development version before 1.0 or by a newer SETA. Use an empty database, or "
            "the SETA that made this one")
