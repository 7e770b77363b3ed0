"""Turn what is published into the lists that the ledger works with."""

from ..errors import UnknownProject
from ..ledger import PriorityLists
from ..publish.serving import Published

NOT_NOTICED = "this server has not noticed the project yet, so everything runs"


def priority_lists(published: Published, project: str, build_system: str) -> PriorityLists:
    """Return the lists that are published for a project, as this process knows them."""
    try:
        facts = published.project(project)
    except UnknownProject:
        return PriorityLists(refusals=(NOT_NOTICED,))
    return PriorityLists(
        facts.snapshot_id, facts.created_at, published.names_at(project, build_system),
        tuple(str(refusal) for refusal in published.refusals(project)),
        published.fresh_until(facts))
