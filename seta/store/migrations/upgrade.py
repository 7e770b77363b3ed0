"""Migrate the database to this version's tables."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from ...errors import StoreError
from ..locks import Lock

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent


def upgrade(engine: Engine) -> str:
    """Apply what is missing, in one transaction; return the revision reached.

    Two at once wait for each other. Raises StoreError for tables of a version we do not know.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": Lock.UPGRADE})
        there = _version_of(connection)
        if there != known_versions()[-1]:
            from alembic import command  # here, since few programs have tables to migrate

            command.upgrade(migration_config(connection), "head")
    return known_versions()[-1]


def migration_config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


def check_version(engine: Engine) -> None:
    """Raise StoreError with the command to run when the tables are not this version's."""
    with engine.connect() as connection:
        there = _version_of(connection)
    if there != known_versions()[-1]:
        raise StoreError(f"the database is at version {there or 'none'}, this program needs "
                         f"{known_versions()[-1]}: run `seta db upgrade`")


@cache
def known_versions() -> list[str]:
    """Return the revisions of our migrations, oldest first: files are numbered in that order."""
    return [re.findall(r"^revision = ['\"](.+)['\"]", path.read_text(encoding="utf-8"), re.M)[0]
            for path in sorted(HERE.glob("versions/[0-9]*.py"))]


def _version_of(connection: Connection) -> str | None:
    """Return the version of the tables, None where there are none.

    Raises StoreError for tables that none of our migrations can upgrade.
    """
    found: str | None = None
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is not None:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found is not None and found not in known_versions():
        raise StoreError(
            f"the database is at version {found}, which this program does not know: it was made "
            "by a development version before 1.0 or by a newer SETA. Use an empty database, or "
            "the SETA that made this one")
    return found
