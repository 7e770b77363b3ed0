"""Plan, add and end renames, and notice when one seems to be missing."""

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

VANISHED_AFTER = timedelta(days=3)
LOOK_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class CarriedJobType:
    """A job type whose history becomes that of another."""

    old: JobType
    new: JobType
    is_known: bool  # the new one has been seen already


def plan_rename(
    session: Session, scope: str, rename: Rename, *, now: datetime
) -> list[CarriedJobType]:
    """Return what a rename would carry over, sorted by old job type; store nothing.

    Raises BadInput when it would form a cycle with active ones, and Conflict when the same one is
    active.
    """
    scope_named(session, scope)
    active = [stored.rename for stored in renames.renames(session, scope, active_at=now)]
    if any((rename.old, rename.new) == (other.old, other.new) for other in active):
        raise Conflict(f"the rename {rename} is already active")
    check_renames([*active, rename])
    known = _known_job_types(session, scope)
    carried = []
    for old in sorted(known):
        new = rename.applied_to(old)
        if new != old:
            carried.append(CarriedJobType(old, new, new in known))
    return carried


def add_rename(
    session: Session, scope: str, rename: Rename, *, now: datetime
) -> tuple[StoredRename, list[CarriedJobType]]:
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
    """End a rename. Raises NotFound, and Conflict for one that has ended."""
    ended = renames.end_rename(session, rename_id, who=who, at=now)
    record_audit(
        session, who=who, what="end rename", target=f"rename {rename_id}", why=why,
        details={"scope": ended.scope, "rename": str(ended.rename)})
    return ended


def watch_platforms(session: Session, project: Project) -> tuple[str, ...]:
    """Raise an alarm when a platform vanished while another appeared, unless a rename covers it.

    Return the platforms that vanished. The alarm is cleared once that is no longer the case.
    """
    subject = f"platforms {project.name}"
    vanished, appeared = _came_and_went(platforms_seen(session, project.name))
    vanished -= {stored.rename.old.platform
                 for stored in renames.renames(session, project.scope)}
    if not (vanished and appeared):
        clear_alarm(session, subject)
        return ()
    raise_alarm(
        session, subject, f"on {project.name} {', '.join(sorted(vanished))} vanished while "
        f"{', '.join(sorted(appeared))} appeared: a rename would keep the history")
    return tuple(sorted(vanished))


def _came_and_went(
    seen: Mapping[str, tuple[datetime, datetime]]
) -> tuple[set[str], set[str]]:
    """Return the platforms that vanished, and those that appeared.

    Time counts from the newest result, so that an outage makes nothing vanish. Nor does
    anything vanish on a new project.
    """
    if not seen:
        return set(), set()
    newest = max(last for _, last in seen.values())
    since = newest - LOOK_BACK
    if all(first >= since for first, _ in seen.values()):
        return set(), set()
    vanished = {name for name, (_, last) in seen.items()
                if since <= last < newest - VANISHED_AFTER}
    appeared = {name for name, (first, _) in seen.items() if first >= since}
    return vanished, appeared - vanished


def _known_job_types(session: Session, scope: str) -> set[JobType]:
    return {job.job_type
            for project in projects(session, scope) for build_system in project.build_systems
            for job in job_names(session, [project.name], build_system)
            if job.job_type is not None}
