"""Which scope and projects results may go into."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from ..domain import DEMO, FILES, LIVE_SOURCES, Project, Scope
from ..errors import Conflict, UnknownProject, UnknownScope
from ..store.curation import projects as store
from ..store.curation.projects import DEMO_HINT
from ..store.locks import lock_writers


@dataclass(frozen=True, slots=True)
class Target:
    """The scope that an import fills; it and its projects are added if they are missing."""

    scope: Scope
    source: str = FILES          # of the projects that are added

    def check(self, session: Session) -> None:
        """Raise Conflict if the scope is archived and the import is not, or the reverse."""
        known = _scope(session, self.scope.name)
        if known is None or known.is_archived == self.scope.is_archived:
            return
        kind, wanted = ("archived", "live") if known.is_archived else ("live", "archived")
        raise Conflict(f"the scope {known.name!r} is {kind} and cannot be filled as {wanted}: "
                       f"name another scope, or import as {kind}")

    def open(self, session: Session, seen: Iterable[tuple[str, str]]) -> None:
        """Add the scope and the projects, each seen with a build system, where they are missing.

        Raises Conflict for a project of another scope.
        """
        lock_writers(session)
        if _scope(session, self.scope.name) is None:
            store.add_scope(session, self.scope)
        build_systems: dict[str, list[str]] = {}
        for project, build_system in sorted(seen):
            build_systems.setdefault(project, []).append(build_system)
        for project, found in build_systems.items():
            self._open_project(session, project, tuple(found))

    def _open_project(self, session: Session, name: str, build_systems: tuple[str, ...]) -> None:
        known = _project(session, name)
        if known is None:
            store.add_project(
                session, Project(name, self.scope.name, build_systems, source=self.source))
        elif known.scope != self.scope.name:
            hint = f"; {DEMO_HINT}" if known.source == DEMO else ""
            raise Conflict(f"the project {name!r} belongs to the scope {known.scope!r}, not to "
                           f"{self.scope.name!r}{hint}")


def live_project(session: Session, name: str, source: str) -> Project:
    """Return a project that a live source may fill; it becomes the source of one without any.

    Raises UnknownProject, and Conflict for a project of the demo, of an archive or of another
    source.
    """
    project = store.project_named(session, name)
    _check_live(session, project)
    if project.source:
        check_source(project, source)
    if not project.source:
        project = replace(project, source=source)
        store.save_project(session, project)
    return project


def check_source(project: Project, wanted: str | None) -> None:
    """Raise Conflict unless this live source, or where none is named any, feeds the project."""
    if project.source == DEMO:
        raise Conflict(_of_the_demo(project))
    if project.source != (wanted or project.source) or not project.is_live_fed:
        source = "files and posted results" if project.source == FILES else project.source
        raise Conflict(
            f"the project {project.name!r} takes its results from {source}, not from "
            f"{wanted or 'a live source'}; `seta projects set {project.name} --source "
            f"{wanted or LIVE_SOURCES[0]}` changes that")


def check_live_projects(session: Session, names: Iterable[str]) -> None:
    """Raise if posted results may not go into one of these projects."""
    for name in sorted(names):
        _check_live(session, store.project_named(session, name))


def _check_live(session: Session, project: Project) -> None:
    if project.source == DEMO:
        raise Conflict(_of_the_demo(project))
    if store.scope_named(session, project.scope).is_archived:
        raise Conflict(f"the project {project.name!r} belongs to the archived scope "
                       f"{project.scope!r}, which no live source may fill")


def _of_the_demo(project: Project) -> str:
    return (f"the project {project.name!r} belongs to the demo's scope {project.scope!r}; "
            f"{DEMO_HINT}")


def _scope(session: Session, name: str) -> Scope | None:
    try:
        return store.scope_named(session, name)
    except UnknownScope:
        return None


def _project(session: Session, name: str) -> Project | None:
    try:
        return store.project_named(session, name)
    except UnknownProject:
        return None
