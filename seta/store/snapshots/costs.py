"""What the jobs of a snapshot cost on each project, by priority."""

from sqlalchemy import BigInteger, Integer, cast, func, select
from sqlalchemy.orm import Session

from ...domain import Priority
from .. import schema

Listed, Decided = schema.SnapshotList, schema.SnapshotPriority


def costs_of(session: Session, snapshot_id: int) -> dict[str, dict[Priority, int]]:
    """Return what one run of each job costs, summed by project and priority, in the unit.

    All build systems of a project are together; jobs without a priority are not in it.
    """
    each = select(
        Listed.project, Listed.priority,
        func.unnest(Listed.job_type_ids, type_=Integer).label("job_type_id"),
    ).where(Listed.snapshot_id == snapshot_id).subquery("each")
    query = (
        select(each.c.project, each.c.priority, cast(func.sum(Decided.cost), BigInteger))
        .join(Decided, (Decided.snapshot_id == snapshot_id)
              & (Decided.job_type_id == each.c.job_type_id))
        .group_by(each.c.project, each.c.priority).order_by(each.c.project))
    found: dict[str, dict[Priority, int]] = {}
    for project, priority, cost in session.execute(query):
        found.setdefault(project, dict.fromkeys(Priority, 0))[Priority(priority)] = cost
    return found
