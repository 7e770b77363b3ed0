"""Which build systems a project has."""

from collections.abc import Collection

from sqlalchemy import all_, func, literal, select, update
from sqlalchemy.orm import Session

from ..errors import UnknownProject
from . import tables


def add_build_systems(session: Session, seen: Collection[tuple[str, str]]) -> None:
    """Add build systems, as (project, build system), that a project was not known to have.

    Raises UnknownProject.
    """
    row = tables.Project
    names = {project for project, _ in seen}
    known = dict(session.execute(
        select(row.name, row.build_systems).where(row.name.in_(names))).all())
    unknown = sorted(names - known.keys())
    if unknown:
        raise UnknownProject(f"SETA does not cover the project {unknown[0]!r}")
    for project, build_system in sorted(seen):
        if build_system not in known[project]:
            is_missing = literal(build_system) != all_(row.build_systems)
            session.execute(
                update(row).where(row.name == project, is_missing)
                .values(build_systems=func.array_append(row.build_systems, build_system)))
