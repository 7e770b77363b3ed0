"""The names of each priority on each project: what clients are told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ..domain import JobType, Priority
from ..store.evidence import KnownName
from ..store.snapshots import NameList


def lists_of(
    names: Iterable[KnownName], priorities: Mapping[JobType, Priority]
) -> list[NameList]:
    """Return one list for each project, build system and priority, empty ones too.

    Only names that are alive there and have a priority are listed: what is left out runs.
    """
    found = defaultdict(list)
    for name in names:
        for priority in Priority:
            found[name.project, name.build_system, priority]  # an empty list is one too
        found[name.project, name.build_system, priorities[name.job_type]].append(
            (name.name, name.job_type_id))
    return [_to_list(*key, sorted(entries)) for key, entries in sorted(found.items())]


def _to_list(project, build_system, priority, entries) -> NameList:
    return NameList(project, build_system, priority, tuple(name for name, _ in entries),
                    tuple(type_id for _, type_id in entries))
