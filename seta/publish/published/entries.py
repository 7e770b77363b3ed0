"""Which names, or triples, a list of the old wire holds."""

from collections.abc import Iterable, Iterator

from ...domain import JobType, Priority
from ...store.snapshots import PublishedLists
from .question import Kind, Question


def entries_of(lists: PublishedLists, projects: Iterable[str], question: Question) -> list:
    """Return the entries, sorted, none twice."""
    wanted = set(projects)
    found = set()
    for (project, build_system), levels in lists.names.items():
        if project in wanted and question.kind in (build_system, Kind.ANY, Kind.TRIPLES):
            for name, job_type in _at(lists, levels, question.levels):
                if _may_be_listed(build_system, name, job_type, project):
                    found.add(_entry(question.kind, name, job_type))
    return sorted(found)


def _at(lists, levels, wanted: frozenset[Priority]) -> Iterator[tuple[str, JobType]]:
    for level in wanted:
        names, type_ids = levels.get(level, ((), ()))
        for name, type_id in zip(names, type_ids, strict=True):
            yield name, lists.job_types[type_id]


def _entry(kind: Kind, name: str, job_type: JobType):
    if kind is not Kind.TRIPLES:
        return name
    return (job_type.platform, job_type.build_type, job_type.testtype)


def _may_be_listed(build_system: str, name: str, job_type: JobType, project: str) -> bool:
    """Say whether old clients can live with it; what they are not told of runs.

    A decision task drops no build but a fuzzing one. A Buildbot master finds the platform of a
    builder in front of the branch in its name.
    """
    if build_system == Kind.TASKCLUSTER:
        is_build = job_type.is_build or name.startswith("build-")
        return not is_build or "fuzzing" in name
    if build_system == Kind.BUILDBOT:
        return f" {project} " in f" {name} "
    return True
