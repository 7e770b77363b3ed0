"""What a path names, looked up; and the moment that a request is of."""

import re
from datetime import datetime

from sqlalchemy.orm import Session

from ...domain import Project, Scope
from ...errors import NotFound, UnknownProject, UnknownScope
from ...ledger import PriorityLists
from ...store.curation import projects
from ...store.snapshots import ProjectFacts
from ..context import context
from .types import LARGEST, NAME

NOT_NOTICED = "this server has not noticed the project yet, so everything runs"


def project_named(session: Session, name: str) -> Project:
    if not re.fullmatch(NAME, name):
        raise UnknownProject(f"SETA does not cover the project {name!r}")
    return projects.project_named(session, name)


def scope_named(session: Session, name: str) -> Scope:
    if not re.fullmatch(NAME, name):
        raise UnknownScope(f"there is no scope {name!r}")
    return projects.scope_named(session, name)


def check_text(value: str) -> None:
    """Raise NotFound for what no text in the database can be."""
    if not value.isprintable():
        raise NotFound(f"there is nothing of the name {value!r}")


def stored_id(what: str, number: int) -> int:
    """Return an id that the database can be asked for."""
    if number > LARGEST:
        raise NotFound(f"there is no {what} {number}")
    return number


def now() -> datetime:
    return context().clock()


def published(project: str, build_system: str) -> PriorityLists:
    """Return what is published for a project, as this process knows it."""
    state = context().published
    try:
        facts: ProjectFacts = state.project(project)
    except UnknownProject:
        return PriorityLists(refusals=(NOT_NOTICED,))
    return PriorityLists(
        facts.snapshot_id, facts.created_at, state.names_at(project, build_system),
        tuple(str(refusal) for refusal in state.refusals(project)),
        state.fresh_until(facts))
