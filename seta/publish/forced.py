"""Which job types are in the set, or kept out of it, whatever they caught."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

from ..domain import JobType, Override, Priority, strongest
from ..store.evidence import EvidenceWindow, NameEvidence

NEW_FOR = timedelta(days=14)


def effective_overrides(
    names: Iterable[NameEvidence], active: Iterable[Override]
) -> dict[JobType, Override | None]:
    """Return the strongest override over all names of each job type."""
    active = list(active)
    counting: dict[JobType, Override | None] = {}
    for name in names:
        if name.job_type is None:
            continue
        found = strongest(active, name.job_type, name.name, name.build_system,
                          is_build=name.is_build)
        known = counting.get(name.job_type)
        if known is None or (found is not None and found.strength > known.strength):
            counting[name.job_type] = found
    return counting


def forced_job_types(
    counting: Mapping[JobType, Override | None], new: Collection[JobType],
    builds: Collection[JobType] = frozenset(),
) -> dict[JobType, str]:
    """Return the reason for each forced job type: never skip, pinned, build or new.

    An override that lowers wins over *new*, and even over *build* (only an override by full name
    can lower a build). `builds` are those that a source called so, whatever their names say.
    """
    why = {job_type: _why(override, is_build=job_type.is_build or job_type in builds,
                          is_new=job_type in new)
           for job_type, override in counting.items()}
    return {job_type: reason for job_type, reason in why.items() if reason}


def given_builds(names: Iterable[NameEvidence]) -> set[JobType]:
    """Return the job types that a source called builds under any of their names."""
    return {name.job_type for name in names if name.is_build and name.job_type is not None}


def lowered_job_types(
    counting: Mapping[JobType, Override | None]
) -> dict[JobType, Priority]:
    return {job_type: override.priority for job_type, override in counting.items()
            if override is not None and override.lowers and override.priority is not None}


def new_job_types(
    names: Iterable[NameEvidence], window: EvidenceWindow, rename: Callable[[JobType], JobType]
) -> set[JobType]:
    """Return the job types first seen less than 14 days ago, after 14 days of records.

    Records are job lists or full results of the project. Nothing is new where only failures are
    ingested, or where all records began recently.
    """
    names = list(names)
    since = _recorded_since(names)
    first: dict[JobType, tuple[datetime, str]] = {}
    for name in names:
        if name.job_type is None or name.first_seen is None:
            continue
        job_type = rename(name.job_type)
        seen = (name.first_seen, name.project)
        first[job_type] = min(first.get(job_type, seen), seen)
    return {job_type for job_type, (seen, project) in first.items()
            if seen > window.as_of - NEW_FOR
            and project in since and seen - since[project] > NEW_FOR}


def _recorded_since(names: list[NameEvidence]) -> dict[str, datetime]:
    recorded: dict[str, list[datetime]] = defaultdict(list)
    for name in names:
        recorded[name.project] += [at for at in (name.first_listed, name.first_passed) if at]
    return {project: min(times) for project, times in recorded.items() if times}


def _why(override: Override | None, *, is_build: bool, is_new: bool) -> str | None:
    if override is not None:
        if override.lowers:
            return None
        return "never skip" if override.priority is None else "pinned"
    if is_build:
        return "build"
    return "new" if is_new else None
