"""Let one at a time change a project, or remove it."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from . import tables


def lock_project(session: Session, name: str) -> None:
    """Wait until nobody else changes the project; it is ours until the transaction ends."""
    session.execute(
        select(tables.Project.name).where(tables.Project.name == name).with_for_update())


def remove_project(session: Session, name: str) -> None:
    """Remove a project with its results, lists and ledger; snapshots of its scope stay."""
    session.execute(delete(tables.Project).where(tables.Project.name == name))
