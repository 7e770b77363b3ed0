"""The rollup: what each job name did on each day."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.types import Date, Integer

from ...domain import FAILING
from ..engine import row_count
from ..locks import lock_writers

DAYS_AT_ONCE = 20_000

STAGING = text("""
    CREATE TEMPORARY TABLE IF NOT EXISTS counted_days (job_name_id integer, day date)
    ON COMMIT DELETE ROWS
""")

TAKE = text("""
    WITH taken AS (
        DELETE FROM stale_job_days WHERE (job_name_id, day) IN (
            SELECT job_name_id, day FROM stale_job_days ORDER BY job_name_id, day LIMIT :most)
        RETURNING job_name_id, day
    )
    INSERT INTO counted_days SELECT job_name_id, day FROM taken
""")

# Days of which results were pruned keep what was counted before.
FORGET_PRUNED = text("""
    DELETE FROM counted_days USING job_names, projects
    WHERE job_names.id = counted_days.job_name_id AND projects.name = job_names.project
        AND counted_days.day < (projects.pruned_before AT TIME ZONE 'UTC')::date
""")

COUNT = text("""
    INSERT INTO job_days AS known (job_name_id, day, runs, failures, timed_runs, milliseconds,
        first_at, last_at, listed_at)
    SELECT stale.job_name_id, stale.day, ran.runs, ran.failures, ran.timed_runs,
        ran.milliseconds, ran.first_at, ran.last_at, listed.listed_at
    FROM (
        SELECT job_name_id, day, day::timestamp AT TIME ZONE 'UTC' AS starts_at,
            (day + 1)::timestamp AT TIME ZONE 'UTC' AS ends_at
        FROM counted_days
    ) AS stale
    CROSS JOIN LATERAL (
        SELECT count(*) AS runs, count(*) FILTER (
                WHERE result = ANY(CAST(:failing AS job_result[]))) AS failures,
            count(duration_ms) AS timed_runs, coalesce(sum(duration_ms), 0) AS milliseconds,
            min(known_at) AS first_at, max(known_at) AS last_at
        FROM job_results
        WHERE job_name_id = stale.job_name_id
            AND known_at >= stale.starts_at AND known_at < stale.ends_at
    ) AS ran
    CROSS JOIN LATERAL (
        SELECT min(greatest(job_lists.seen_at, stale.starts_at)) AS listed_at
        FROM job_list_entries JOIN job_lists ON job_lists.id = job_list_id
        WHERE job_list_entries.job_name_id = stale.job_name_id
            AND seen_at < stale.ends_at AND last_seen_at >= stale.starts_at
    ) AS listed
    WHERE ran.runs > 0 OR listed.listed_at IS NOT NULL
    ORDER BY 1, 2
    ON CONFLICT (job_name_id, day) DO UPDATE SET
        runs = excluded.runs, failures = excluded.failures, timed_runs = excluded.timed_runs,
        milliseconds = excluded.milliseconds, first_at = excluded.first_at,
        last_at = excluded.last_at, listed_at = excluded.listed_at
    WHERE (known.runs, known.failures, known.timed_runs, known.milliseconds, known.first_at,
            known.last_at, known.listed_at)
        IS DISTINCT FROM (excluded.runs, excluded.failures, excluded.timed_runs,
            excluded.milliseconds, excluded.first_at, excluded.last_at, excluded.listed_at)
""").bindparams(failing=sorted(FAILING))

FORGET_EMPTY = text("""
    DELETE FROM job_days USING counted_days AS stale
    WHERE job_days.job_name_id = stale.job_name_id AND job_days.day = stale.day
        AND NOT EXISTS (
            SELECT FROM job_results
            WHERE job_name_id = stale.job_name_id
                AND known_at >= stale.day::timestamp AT TIME ZONE 'UTC'
                AND known_at < (stale.day + 1)::timestamp AT TIME ZONE 'UTC')
        AND NOT EXISTS (
            SELECT FROM job_list_entries JOIN job_lists ON job_lists.id = job_list_id
            WHERE job_list_entries.job_name_id = stale.job_name_id
                AND seen_at < (stale.day + 1)::timestamp AT TIME ZONE 'UTC'
                AND last_seen_at >= stale.day::timestamp AT TIME ZONE 'UTC')
""")

FOLLOW_TIERS = text("""
    UPDATE job_names SET tier = newest.tier
    FROM (SELECT DISTINCT job_name_id FROM counted_days) AS stale
    CROSS JOIN LATERAL (
        SELECT tier FROM job_results WHERE job_name_id = stale.job_name_id
        ORDER BY known_at DESC, namespace_id, job_id LIMIT 1
    ) AS newest
    WHERE job_names.id = stale.job_name_id AND job_names.tier <> newest.tier
""")

MARK = text("""
    INSERT INTO stale_job_days (job_name_id, day)
    SELECT name_id, day FROM unnest(:names) AS name_id CROSS JOIN unnest(:days) AS day
    ORDER BY 1, 2 ON CONFLICT DO NOTHING
""").bindparams(bindparam("names", type_=ARRAY(Integer)), bindparam("days", type_=ARRAY(Date)))


def refresh_job_days(session: Session, *, most: int | None = None) -> int:
    """Recount the days that results or lists were added to, at most `most`; return how many.

    A day's row is then what a count from scratch gives, and a name has the tier of its newest
    result. Other writers wait until the transaction ends, so commit soon.
    """
    lock_writers(session)
    session.execute(STAGING)
    session.execute(text("TRUNCATE counted_days"))
    taken = row_count(session, TAKE, {"most": most})
    if taken:
        for statement in (FORGET_PRUNED, text("ANALYZE counted_days"), COUNT, FORGET_EMPTY,
                          FOLLOW_TIERS):
            session.execute(statement)
    return taken


def refresh_all_job_days(sessions: sessionmaker[Session]) -> int:
    """Recount all stale days, in transactions of its own; return how many there were."""
    total = 0
    while True:
        with sessions.begin() as session:
            taken = refresh_job_days(session, most=DAYS_AT_ONCE)
        total += taken
        if taken < DAYS_AT_ONCE:
            return total


def mark_days(session: Session, name_ids: Collection[int], days: Collection[date]) -> None:
    """Mark these names' days to be recounted."""
    if name_ids and days:
        session.execute(MARK, {"names": list(name_ids), "days": list(days)})
