"""What the jobs of a snapshot cost on each project, by priority."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Integer, cast, func, select
from sqlalchemy.orm import Session

from ...domain import Priority
from .. import schema

Listed, Decided = schema.SnapshotList, schema.SnapshotPriority


@dataclass(frozen=True, slots=True)
class PriorityCost:
    """The jobs of one priority on one project, all its build systems together."""

    jobs: int = 0
    cost: int = 0     # of one run of each, in the snapshot's unit


def costs_of(session: Session, snapshot_id: int) -> dict[str, dict[Priority, PriorityCost]]:
    """Return the costs by project and priority; jobs without a priority are not in them."""
    each = select(
        Listed.project, Listed.priority,
        func.unnest(Listed.job_type_ids, type_=Integer).label("job_type_id"),
    ).where(Listed.snapshot_id == snapshot_id).subquery("each")
    query = (
        select(each.c.project, each.c.priority, func.count(),
               cast(func.sum(Decided.cost), BigInteger))
        .join(Decided, (Decided.snapshot_id == snapshot_id)
              & (Decided.job_type_id == each.c.job_type_id))
        .group_by(each.c.project, each.c.priority).order_by(each.c.project, each.c.priority))
    found: dict[str, dict[Priority, PriorityCost]] = {}
    for project, priority, jobs, cost in session.execute(query):
        found.setdefault(project, {})[Priority(priority)] = PriorityCost(jobs, cost)
    return found
