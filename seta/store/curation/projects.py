"""Scopes and projects."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, select, text, update
from sqlalchemy.orm import Session

from ...config import Settings
from ...domain import DEFAULT_SCOPE, DEMO, INTERVALS, Cadence, Interval, Project, Scope
from ...errors import Conflict, UnknownProject, UnknownScope
from .. import schema
from ..locks import lock_writers
from .changes import constraints

# Columns, not an object: each push asks.
ONE_PROJECT = (select(*schema.Project.__table__.columns)
               .where(schema.Project.name == bindparam("name")))
DEMO_HINT = "remove the demo first: `seta demo --remove`"


def add_scope(session: Session, scope: Scope) -> None:
    """Raises Conflict if a scope of that name exists."""
    if session.get(schema.Scope, scope.name) is not None:
        raise Conflict(f"there is a scope {scope.name!r} already")
    with constraints(session, repr(scope.name)):
        session.add(schema.Scope(
            name=scope.name, is_archived=scope.is_archived, redundancy=scope.redundancy,
            window_days=scope.window_days, title=scope.title, description=scope.description,
            budget=scope.budget, objective=scope.objective, change_price=scope.change_price))


def scope_named(session: Session, name: str) -> Scope:
    return _to_scope(_scope_row(session, name))


def scopes(session: Session) -> list[Scope]:
    return [_to_scope(row) for row in
            session.scalars(select(schema.Scope).order_by(schema.Scope.name))]


def save_scope(session: Session, scope: Scope) -> None:
    """Store how a scope decides; it takes effect at the next analysis. Raises BadInput."""
    row = _scope_row(session, scope.name)
    with constraints(session, repr(scope.name)):
        row.redundancy, row.window_days = scope.redundancy, scope.window_days
        row.budget, row.objective = scope.budget, scope.objective
        row.change_price = scope.change_price


def lock_scope(session: Session, name: str) -> None:
    """Wait until nobody else changes the scope; held until the transaction ends."""
    session.execute(
        select(schema.Scope.name).where(schema.Scope.name == name).with_for_update())


def remove_scope(session: Session, name: str) -> None:
    """Remove a scope with its projects and all their data."""
    lock_writers(session)  # an ingest that runs meanwhile would lock rows in another order
    row = _scope_row(session, name)
    row.published_snapshot_id = None
    session.flush()
    for project in session.scalars(select(schema.Project).where(schema.Project.scope == name)):
        session.delete(project)
    session.flush()
    session.delete(row)
    session.flush()


def add_project(session: Session, project: Project) -> None:
    """Raises Conflict if a project of that name exists, UnknownScope if its scope does not."""
    known = session.get(schema.Project, project.name)
    if known is not None:
        hint = f"; {DEMO_HINT}" if known.source == DEMO else ""
        raise Conflict(f"there is a project {project.name!r} already, in scope "
                       f"{known.scope!r}{hint}")
    _scope_row(session, project.scope)
    with constraints(session, repr(project.name)):
        session.add(schema.Project(name=project.name, **_project_columns(project)))
    count_projects(session)


def count_projects(session: Session) -> None:
    """Let the planner know how few projects there are.

    PostgreSQL takes a table for ten pages of rows until it was analyzed, and never analyzes one as
    small as this by itself. Evidence of one scope was then looked for from the wrong end.
    """
    session.execute(text("ANALYZE projects"))


def project_named(session: Session, name: str) -> Project:
    """Return a project; raises UnknownProject."""
    row = session.execute(ONE_PROJECT, {"name": name}).one_or_none()
    if row is None:
        raise UnknownProject(f"SETA does not cover the project {name!r}")
    return _to_project(row)


def projects(session: Session, scope: str | None = None) -> list[Project]:
    """Return the projects of a scope, or all, by name."""
    query = select(schema.Project).order_by(schema.Project.name)
    if scope is not None:
        query = query.where(schema.Project.scope == scope)
    return [_to_project(row) for row in session.scalars(query)]


def live_projects(session: Session) -> list[Project]:
    """Return the projects of all live scopes, by name."""
    live = {scope.name for scope in scopes(session) if not scope.is_archived}
    return [project for project in projects(session) if project.scope in live]


def save_project(session: Session, project: Project) -> None:
    """Store a project's changes; they take effect at the next read."""
    row = _project_row(session, project.name)
    _scope_row(session, project.scope)
    with constraints(session, repr(project.name)):
        for column, value in _project_columns(project).items():
            setattr(row, column, value)


def seed_projects(session: Session, settings: Settings) -> list[str]:
    """Add the projects of the settings that are not known yet, to the default scope.

    Returns their names. What is known stays as it is in the database, except that a project for
    which an earlier release chose no source gets that of the settings. Raises Conflict for a
    project that the demo holds.
    """
    session.execute(update(schema.Project).where(schema.Project.source == "")
                    .values(source=settings.project_source))
    held = {project.name for project in projects(session) if project.source == DEMO}
    known = {project.name for project in projects(session)} - held
    wanted = [(name, systems) for name, systems in settings.projects if name not in known]
    if wanted:
        ensure_scope(session, DEFAULT_SCOPE, settings)
    for name, build_systems in wanted:
        add_project(session, Project(name, DEFAULT_SCOPE, build_systems,
                                     source=settings.project_source))
    return [name for name, _ in wanted]


def ensure_scope(session: Session, name: str, settings: Settings) -> None:
    """Make a live scope as the settings say, where there is none of that name."""
    if session.get(schema.Scope, name) is None:
        add_scope(session, Scope(name, redundancy=settings.redundancy,
                                 window_days=max(1, settings.window.days),
                                 budget=settings.budget, objective=settings.objective,
                                 change_price=settings.change_price))


def lock_project(session: Session, name: str) -> None:
    """Wait until nobody else changes the project; held until the transaction ends."""
    session.execute(
        select(schema.Project.name).where(schema.Project.name == name).with_for_update())


def remove_project(session: Session, name: str) -> None:
    """Remove a project with its results, lists and ledger; snapshots of its scope stay."""
    session.execute(delete(schema.Project).where(schema.Project.name == name))


def _scope_row(session: Session, name: str) -> schema.Scope:
    row = session.get(schema.Scope, name)
    if row is None:
        raise UnknownScope(f"there is no scope {name!r}")
    return row


def _project_row(session: Session, name: str) -> schema.Project:
    row = session.get(schema.Project, name)
    if row is None:
        raise UnknownProject(f"SETA does not cover the project {name!r}")
    return row


def _to_scope(row: schema.Scope) -> Scope:
    return Scope(row.name, row.is_archived, row.redundancy, row.window_days, row.title,
                 row.description, row.budget, row.objective, row.change_price)


def _to_project(row: schema.Project | Row[Any]) -> Project:
    intervals = {
        each: Interval(getattr(row, f"{each}_pushes"), getattr(row, f"{each}_minutes"))
        for each in INTERVALS}
    return Project(
        name=row.name, scope=row.scope, build_systems=tuple(row.build_systems),
        is_integration=row.is_integration, is_killed=row.is_killed,
        cadence=Cadence(**intervals, is_staggered=row.is_staggered),
        infer_regressions=row.infer_regressions, infer_after=row.infer_after,
        open_scheduling=row.open_scheduling, source=row.source)


def _project_columns(project: Project) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "scope": project.scope, "build_systems": list(project.build_systems),
        "is_integration": project.is_integration, "is_killed": project.is_killed,
        "infer_regressions": project.infer_regressions, "infer_after": project.infer_after,
        "open_scheduling": project.open_scheduling, "source": project.source,
        "is_staggered": project.cadence.is_staggered,
    }
    for interval in INTERVALS:
        limit = getattr(project.cadence, interval)
        columns |= {f"{interval}_pushes": limit.pushes, f"{interval}_minutes": limit.minutes}
    return columns
