"""The last run of each job, kept beside the results, so that nobody has to look for it.

The rule: of a job's runs with a verdict (passed or failed) the last is the one on the newest
push, by push time; of runs on pushes of one time the one that was known last; of those the one with
the greatest key. A backfill of an old push says nothing about the tip.

Whoever adds, changes or deletes results, or moves a push in time, calls this module in the same
transaction, holding the writers' lock.
"""

from collections.abc import Collection
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select, text, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Integer

from ...domain import FAILING, VERDICTS, Classification
from .. import schema
from ..schema.results import one_of
from .classifications import counted_classification

INTERMITTENT = tuple(str(word) for word in Classification if "intermittent" in word)
NAMES_AT_ONCE = 5_000

HAS_VERDICT = one_of("result", VERDICTS)
HAS_FAILED = one_of("result", FAILING)
REPLACE = """
    ON CONFLICT (job_name_id) DO UPDATE SET
        namespace_id = excluded.namespace_id, job_id = excluded.job_id, push = excluded.push,
        known_at = excluded.known_at, has_failed = excluded.has_failed
"""

# What came is newer than what is kept. A run that is kept already is left to FIND_CHANGED.
KEEP_NEWER = text(f"""
    INSERT INTO last_runs AS known (job_name_id, namespace_id, job_id, push, known_at, has_failed)
    SELECT DISTINCT ON (job_name_id) job_name_id, namespace_id, job_id, push, known_at, {HAS_FAILED}
    FROM incoming_results
    CROSS JOIN LATERAL (
        SELECT pushed_at FROM pushes WHERE pushes.id = incoming_results.push OFFSET 0
    ) AS its_push
    WHERE {HAS_VERDICT}
    ORDER BY job_name_id, pushed_at DESC, known_at DESC, namespace_id DESC, job_id DESC
    {REPLACE}
    WHERE ((SELECT pushed_at FROM pushes WHERE id = excluded.push),
            excluded.known_at, excluded.namespace_id, excluded.job_id)
        > ((SELECT pushed_at FROM pushes WHERE id = known.push),
            known.known_at, known.namespace_id, known.job_id)
""")

FIND_CHANGED = text(f"""
    SELECT known.job_name_id
    FROM last_runs AS known JOIN incoming_results AS incoming USING (namespace_id, job_id)
    WHERE (known.job_name_id, known.push, known.known_at, known.has_failed)
            IS DISTINCT FROM
            (incoming.job_name_id, incoming.push, incoming.known_at, {HAS_FAILED})
        OR NOT {HAS_VERDICT}
""")

FIND_MOVED = text("SELECT job_name_id FROM last_runs WHERE push = ANY(:pushes)").bindparams(
    bindparam("pushes", type_=ARRAY(Integer)))

FIND_DELETED = text("""
    SELECT job_name_id FROM last_runs AS known
    WHERE known_at < :before AND NOT EXISTS (
        SELECT FROM job_results
        WHERE namespace_id = known.namespace_id AND job_id = known.job_id)
""")

# No run is known before its push came. So the last run is among those known since the newest
# push of any few of them: a short walk along the index, however many results there are.
COUNT = text(f"""
    WITH wanted AS MATERIALIZED (
        SELECT unnest(:names) AS job_name_id
    ), found AS MATERIALIZED (
        SELECT wanted.job_name_id, run.*
        FROM wanted
        LEFT JOIN LATERAL (
            SELECT max(pushes.pushed_at) AS pushed_at
            FROM (
                SELECT push FROM job_results
                WHERE job_name_id = wanted.job_name_id AND {HAS_VERDICT}
                ORDER BY known_at DESC LIMIT 10
            ) AS some_runs
            JOIN pushes ON pushes.id = some_runs.push
        ) AS newest ON true
        LEFT JOIN LATERAL (
            SELECT namespace_id, job_id, push, known_at, {HAS_FAILED} AS has_failed
            FROM job_results JOIN pushes ON pushes.id = job_results.push
            WHERE job_name_id = wanted.job_name_id AND {HAS_VERDICT}
                AND known_at >= newest.pushed_at
            ORDER BY pushes.pushed_at DESC, known_at DESC, namespace_id DESC, job_id DESC
            LIMIT 1
        ) AS run ON true
    ), gone AS (
        DELETE FROM last_runs USING found
        WHERE last_runs.job_name_id = found.job_name_id AND found.job_id IS NULL
    )
    INSERT INTO last_runs AS known (job_name_id, namespace_id, job_id, push, known_at, has_failed)
    SELECT job_name_id, namespace_id, job_id, push, known_at, has_failed
    FROM found WHERE job_id IS NOT NULL ORDER BY job_name_id
    {REPLACE}
    WHERE (known.namespace_id, known.job_id, known.push, known.known_at, known.has_failed)
        IS DISTINCT FROM (excluded.namespace_id, excluded.job_id, excluded.push, excluded.known_at,
            excluded.has_failed)
""").bindparams(bindparam("names", type_=ARRAY(Integer)))


def keep_last_runs(
    session: Session, *, moved_pushes: Collection[int], is_any_new: bool, is_any_changed: bool
) -> None:
    """Take in what was just stored of `incoming_results`, and the pushes whose time changed.

    Where a run that is kept as the last one changed, its job's runs are counted again.
    """
    doubtful: set[int] = set()
    if moved_pushes:
        doubtful |= set(session.scalars(FIND_MOVED, {"pushes": list(moved_pushes)}))
    if is_any_changed:
        doubtful |= set(session.scalars(FIND_CHANGED))
    count_last_runs(session, doubtful)
    if is_any_new or is_any_changed:
        session.execute(KEEP_NEWER)


def forget_deleted_runs(session: Session, *, before: datetime) -> None:
    """Take in that results known before then were deleted."""
    count_last_runs(session, session.scalars(FIND_DELETED, {"before": before}).all())


def count_last_runs(session: Session, name_ids: Collection[int]) -> None:
    """Find the last runs of these jobs among their results."""
    waiting = sorted(name_ids)
    for start in range(0, len(waiting), NAMES_AT_ONCE):
        session.execute(COUNT, {"names": waiting[start:start + NAMES_AT_ONCE]})


def still_failing(session: Session, project: str, build_system: str) -> frozenset[str]:
    """Return the jobs whose last run failed and is not classified intermittent.

    Runs without a verdict (cancelled, skipped, retried) are ignored.
    """
    return frozenset(session.scalars(
        _still_failing(), {"project": project, "build_system": build_system}))


@cache
def _still_failing() -> Select[str]:
    """The query, built once: building it takes longer than the database takes to answer."""
    run, name = schema.LastRun, schema.JobName
    counts = counted_classification(run.namespace_id, run.job_id).lateral("counts")
    is_intermittent = func.coalesce(counts.c.classification.in_(INTERMITTENT), False)
    return (
        select(name.name).join(run, run.job_name_id == name.id).outerjoin(counts, true())
        .where(name.project == bindparam("project"),
               name.build_system == bindparam("build_system"),
               run.has_failed, ~is_intermittent))
