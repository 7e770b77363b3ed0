"""Turn what is published into the lists that the ledger works with."""

from collections.abc import Callable, Iterable

from ..domain import JobType
from ..errors import UnknownProject
from ..ledger import KeptNames, PriorityLists
from ..publish.serving import Published

NOT_NOTICED = "this server has not noticed the project yet, so everything runs"


class KeptLists:
    """What one web process prepared of the lists that it serves; it goes with the snapshot."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[int | None, KeptNames]] = {}

    def names(
        self, project: str, build_system: str, snapshot: int | None,
        job_types: Callable[[], Iterable[tuple[str, JobType]]],
    ) -> KeptNames:
        found = self._kept.get((project, build_system))
        if found is None or found[0] != snapshot:
            found = self._kept[project, build_system] = snapshot, KeptNames(job_types)
        return found[1]


def priority_lists(
    published: Published, project: str, build_system: str, kept: KeptLists
) -> PriorityLists:
    """Return the lists that are published for a project, as this process knows them."""
    try:
        facts = published.project(project)
    except UnknownProject:
        return PriorityLists(refusals=(NOT_NOTICED,))
    return PriorityLists(
        facts.snapshot_id, facts.created_at, published.names_at(project, build_system),
        tuple(str(refusal) for refusal in published.refusals(project)),
        published.fresh_until(facts), kept.names(
            project, build_system, facts.snapshot_id,
            lambda: published.listed_jobs(facts).get(build_system, ())))
