"""Look up what a path names; raises NotFound."""

import re

from sqlalchemy.orm import Session

from ...domain import Project, Scope
from ...errors import NotFound, UnknownProject, UnknownScope
from ...store.curation import projects
from .fields import MAX_INT, NAME


def project_named(session: Session, name: str) -> Project:
    if not re.fullmatch(NAME, name):
        raise UnknownProject(f"SETA does not cover the project {name!r}")
    return projects.project_named(session, name)


def scope_named(session: Session, name: str) -> Scope:
    if not re.fullmatch(NAME, name):
        raise UnknownScope(f"there is no scope {name!r}")
    return projects.scope_named(session, name)


def check_text(value: str) -> None:
    """Raise NotFound for a text that the database cannot hold."""
    if not value.isprintable():
        raise NotFound(f"there is nothing named {value!r}")


def stored_id(what: str, number: int) -> int:
    """Return the number if it can be an id; raises NotFound."""
    if number > MAX_INT:
        raise NotFound(f"there is no {what} {number}")
    return number
