"""Let one at a time change a project."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import tables


def lock_project(session: Session, name: str) -> None:
    """Wait until nobody else changes the project; it is ours until the transaction ends."""
    session.execute(
        select(tables.Project.name).where(tables.Project.name == name).with_for_update())
