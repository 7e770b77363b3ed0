"""Renames: what they would carry over, adding and ending them, and when one seems missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ..domain import JobType, Project, Rename, StoredRename
from ..errors import Conflict
from ..names import check_renames
from ..store.curation import renames
from ..store.curation.projects import projects, scope_named
from ..store.evidence.alive import platforms_seen
from ..store.results.job_names import job_names
from ..store.operation.alarms import clear_alarm, raise_alarm
from ..store.operation.audit import record_audit

RECENT = timedelta(days=3)    # a platform that was not seen for so long has vanished
LOOKED_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Carried:
    """A job type whose history is read as another's."""

    old: JobType
    new: JobType
    is_known: bool  # somebody has seen the new one already


def plan_rename(session: Session, scope: str, rename: Rename, *, now: datetime) -> list[Carried]:
    """Return what a rename would carry over, by old name; nothing is stored.

    Raises BadInput when it would go round in a circle with those that are active, and Conflict
    when it is one of them.
    """
    scope_named(session, scope)
    active = [stored.rename for stored in renames.renames(session, scope, active_at=now)]
    if any((rename.old, rename.new) == (other.old, other.new) for other in active):
        raise Conflict(f"the rename {rename} is active already")
    check_renames([*active, rename])
    known = _known_job_types(session, scope)
    carried = []
    for old in sorted(known):
        new = rename.applied_to(old)
        if new != old:
            carried.append(Carried(old, new, new in known))
    return carried


def add_rename(
    session: Session, scope: str, rename: Rename, *, now: datetime
) -> tuple[StoredRename, list[Carried]]:
    """Store a rename, and return it with what it carries over."""
    carried = plan_rename(session, scope, rename, now=now)
    stored = renames.add_rename(session, StoredRename(scope, rename, now))
    record_audit(
        session, who=rename.who, what="add rename", target=f"rename {stored.id}", why=rename.why,
        details={"scope": scope, "rename": str(rename), "carried": len(carried)})
    return stored, carried


def end_rename(
    session: Session, rename_id: int, *, who: str, why: str = "", now: datetime
) -> StoredRename:
    """Believe a rename no longer. Raises NotFound, and Conflict when it had ended."""
    ended = renames.end_rename(session, rename_id, who=who, at=now)
    record_audit(
        session, who=who, what="end rename", target=f"rename {rename_id}", why=why,
        details={"scope": ended.scope, "rename": str(ended.rename)})
    return ended


def watch_platforms(session: Session, project: Project) -> tuple[str, ...]:
    """Raise an alarm when a platform vanished while another appeared, unless a rename says so.

    Return the platforms that vanished so. The alarm goes when that is no longer the case.
    """
    subject = f"platforms {project.name}"
    vanished, appeared = _came_and_went(platforms_seen(session, project.name))
    vanished -= {stored.rename.old.platform
                 for stored in renames.renames(session, project.scope)}
    if not (vanished and appeared):
        clear_alarm(session, subject)
        return ()
    raise_alarm(
        session, subject, f"of {project.name} {', '.join(sorted(vanished))} vanished while "
        f"{', '.join(sorted(appeared))} appeared: a rename would keep its history")
    return tuple(sorted(vanished))


def _came_and_went(seen: Mapping[str, tuple[datetime, datetime]]) -> tuple[set, set]:
    """Compare with the newest that is known, so that an outage makes nothing vanish."""
    newest = max((last for _, last in seen.values()), default=None)
    vanished = {name for name, (_, last) in seen.items()
                if newest - LOOKED_BACK <= last < newest - RECENT}
    appeared = {name for name, (first, _) in seen.items() if first >= newest - LOOKED_BACK}
    oldest = min((first for first, _ in seen.values()), default=None)
    is_new_here = oldest is None or oldest >= newest - LOOKED_BACK
    return (set(), set()) if is_new_here else (vanished, appeared - vanished)


def _known_job_types(session: Session, scope: str) -> set[JobType]:
    return {job.job_type
            for project in projects(session, scope) for build_system in project.build_systems
            for job in job_names(session, [project.name], build_system)} - {None}
