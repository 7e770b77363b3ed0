"""Read what is recorded under old names as the new ones'."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from ..domain import JobType
from ..store.evidence import KnownName, Witnesses

Rename = Callable[[JobType], JobType]


def type_ids_of(names: Iterable[KnownName], found: Iterable[Witnesses]) -> dict[JobType, int]:
    """Return the id of every job type that is known by a name or as a witness."""
    ids = {name.job_type: name.job_type_id for name in names if name.job_type is not None}
    for each in found:
        ids |= each.caught_by
    return ids


def as_renamed(
    found: Iterable[Witnesses], rename: Rename, type_ids: dict[JobType, int]
) -> list[Witnesses]:
    """Return the witnesses under the names that they have now.

    One whose new name nobody has seen yet stays what it is: retired.
    """
    def now(job_type: JobType) -> JobType:
        renamed = rename(job_type)
        return renamed if renamed in type_ids else job_type

    return [replace(each, caught_by={now(kind): type_ids[now(kind)] for kind in each.caught_by})
            for each in found]


def durations_as_renamed(durations: dict[JobType, int], rename: Rename) -> dict[JobType, int]:
    """Return the durations; a new name without one of its own has its old name's."""
    old = {rename(job_type): duration for job_type, duration in sorted(durations.items())
           if rename(job_type) != job_type}
    return old | durations
