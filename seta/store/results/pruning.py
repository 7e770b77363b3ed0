"""Delete old results; the rollup stays."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, sessionmaker

from .. import schema
from ..engine import row_count
from ..locks import lock_writers
from .job_lists import forget_old_lists
from .last_runs import forget_deleted_runs
from .rollup import refresh_all_job_days, refresh_job_days

logger = logging.getLogger(__name__)

# Of the names from `first_name` on, and says with which it ended: the index still holds the entries
# of what was deleted, and to begin at the first name would step over them again in each batch.
DELETE_RESULTS = text("""
    WITH deleted AS (
        DELETE FROM job_results WHERE ctid = ANY(ARRAY(
            SELECT old.place FROM job_names
            CROSS JOIN LATERAL (
                SELECT ctid AS place FROM job_results
                WHERE job_name_id = job_names.id AND known_at < :before
                LIMIT :batch
            ) AS old
            WHERE job_names.project = :project AND job_names.id >= :first_name
            ORDER BY job_names.id LIMIT :batch))
        RETURNING job_name_id
    )
    SELECT count(*), max(job_name_id) FROM deleted
""")

DELETE_PUSHES = text("""
    DELETE FROM pushes
    WHERE project = :project AND pushed_at < :before
        AND NOT EXISTS (SELECT FROM job_results WHERE push = pushes.id)
""")


def prune(
    sessions: sessionmaker[Session], *, now: datetime, retention: timedelta,
    batch: int = 10_000,
) -> dict[str, int]:
    """Delete the results of live scopes that are older than the retention, by whole UTC days.

    The age of a result is the time since it was known; its push is at least as old. Its day in
    the rollup is counted once more, and then never again. Pushes left without results go too,
    and job lists of that age, except the newest. Archived scopes keep everything. Returns how
    many results, pushes and lists were deleted. Works in transactions of its own, each of
    `batch` results.

    Results are not partitioned by time: a job is one row whenever it is reported, and
    PostgreSQL's unique keys hold within one partition only.
    """
    before = (now - retention).replace(hour=0, minute=0, second=0, microsecond=0)
    total = {"results": 0, "pushes": 0, "lists": 0}
    refresh_all_job_days(sessions)
    for project in _live_projects(sessions):
        _close_days(sessions, project, before)
        total["results"] += _delete_results(sessions, project, before, batch)
        with sessions.begin() as session:
            lock_writers(session)
            total["pushes"] += row_count(
                session, DELETE_PUSHES, {"project": project, "before": before})
            total["lists"] += forget_old_lists(session, project, before)
    logger.info("pruned %d results, %d pushes and %d job lists from before %s",
                *total.values(), before.date())
    return total


def _live_projects(sessions: sessionmaker[Session]) -> list[str]:
    with sessions() as session:
        return list(session.scalars(
            select(schema.Project.name).join(schema.Scope)
            .where(~schema.Scope.is_archived).order_by(schema.Project.name)))


def _close_days(sessions: sessionmaker[Session], project: str, before: datetime) -> None:
    """Count, for the last time, the days whose results are about to be deleted."""
    with sessions.begin() as session:
        refresh_job_days(session)
        row = schema.Project
        session.execute(
            update(row).where(row.name == project)
            .where(row.pruned_before.is_(None) | (row.pruned_before < before))
            .values(pruned_before=before))


def _delete_results(
    sessions: sessionmaker[Session], project: str, before: datetime, batch: int
) -> int:
    total, deleted, name = 0, batch, 0
    while deleted == batch:
        with sessions.begin() as session:
            lock_writers(session)
            deleted, name = session.execute(DELETE_RESULTS, {
                "project": project, "before": before, "batch": batch, "first_name": name}).one()
            if deleted:
                forget_deleted_runs(session, before=before)
            total += deleted
    return total
