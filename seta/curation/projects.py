"""Add, change and remove projects: validated, audited, effective from the next push."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy.orm import Session

from ..domain import DEMO, SOURCES, Project
from ..domain.limits import is_build_system
from ..errors import BadInput
from ..store.curation import projects
from ..store.operation.alarms import clear_ingest_alarms
from ..store.operation.audit import record_audit


def add_project(session: Session, project: Project, *, who: str, why: str = "") -> Project:
    """Add a project. Raises Conflict if one of that name exists, UnknownScope, BadInput."""
    _check(project)
    projects.add_project(session, project)
    record_audit(session, who=who, what="add project", target=project.name, why=why,
                 details=_plain(project))
    return projects.project_named(session, project.name)


def change_project(
    session: Session, name: str, changes: Mapping[str, Any], *, who: str, why: str = ""
) -> Project:
    """Change these fields of a project; a change without effect is not recorded.

    ``cadence`` maps the names of its fields to their new values; the others stay.
    """
    projects.lock_project(session, name)
    before = projects.project_named(session, name)
    fields = dict(changes)
    if before.source == DEMO and fields.get("source", DEMO) != DEMO:
        raise BadInput(f"the project {name!r} belongs to the demo, so its source cannot become "
                       f"{fields['source']!r}")
    intervals = fields.pop("cadence", None) or {}
    after = replace(before, **fields, cadence=replace(before.cadence, **intervals))
    _check(after, known_source=before.source)
    if after == before:
        return before
    projects.save_project(session, after)
    if after.source != before.source:
        clear_ingest_alarms(session, name)
    record_audit(
        session, who=who, what="change project", target=name, why=why,
        details=_difference(_plain(before), _plain(after)))
    return after


def remove_project(session: Session, name: str, *, who: str, why: str = "") -> Project:
    """Remove a project with all its data; return what it was. Raises UnknownProject."""
    projects.lock_project(session, name)
    project = projects.project_named(session, name)
    projects.remove_project(session, name)
    record_audit(session, who=who, what="remove project", target=name, why=why,
                 details=_plain(project))
    return project


def _check(project: Project, *, known_source: str = "") -> None:
    if project.source not in (*SOURCES, known_source):
        raise BadInput(f"the source must be one of {', '.join(SOURCES)}, not {project.source!r}")
    systems = project.build_systems
    if not systems or len(set(systems)) < len(systems):
        raise BadInput(f"a project needs one or more build systems, each once, not {systems!r}")
    for system in systems:
        if not is_build_system(system):
            raise BadInput(f"a build system must be a name such as taskcluster, not {system!r}")


def _plain(project: Project) -> dict[str, object]:
    values = asdict(project)
    return values | {"build_systems": list(project.build_systems)}


def _difference(
    before: Mapping[str, object], after: Mapping[str, object]
) -> dict[str, object]:
    return {field: {"before": before[field], "after": after[field]}
            for field in before if before[field] != after[field]}
