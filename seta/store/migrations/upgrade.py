"""Bring the database to this version's tables."""

import logging
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from ...errors import StoreError
from ..locks import Lock
from ..schema import Base

logger = logging.getLogger(__name__)


def migration_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> str:
    """Apply what is missing, in one transaction; return the revision reached.

    Two at once wait for each other.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": Lock.UPGRADE})
        command.upgrade(migration_config(connection), "head")
        return MigrationContext.configure(connection).get_current_revision()


def check_version(engine: Engine) -> None:
    """Raise StoreError with the command to run when the tables are not this version's."""
    with engine.connect() as connection:
        there = MigrationContext.configure(connection).get_current_revision()
        here = ScriptDirectory.from_config(migration_config(connection)).get_current_head()
    if there != here:
        raise StoreError(f"the database is at version {there or 'none'}, this program needs "
                         f"{here}: run `seta db upgrade`")


def differences(engine: Engine) -> list:
    """Return what the migrations lack or have beyond the tables; empty when they agree."""
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), Base.metadata)
