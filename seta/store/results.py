"""Job results, with all that hangs on them."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from ..domain import Classification, JobResult
from .classifications import store_classifications
from .copying import NULL, copy_lines, escaped
from .names import NameIds
from .pushes import PushIds
from .writers import lock_writers

COLUMNS = ("namespace, job_id, push, job_name_id, result, started_at, duration_ms, known_at, "
           "tier")

STAGING = text("""
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_results (
        namespace text, job_id text, push bigint, job_name_id integer, result text,
        started_at timestamptz, duration_ms bigint, known_at timestamptz, tier smallint,
        is_classified boolean
    ) ON COMMIT DELETE ROWS
""")

# Only what is new or differs reaches the INSERT, so that a repetition writes nothing, not even
# a lock. The inner query is kept from being merged with the outer one, or the planner, which
# knows nothing of a temporary table, may read all results instead of the index.
APPLY = text("""
    WITH news AS MATERIALIZED (
        SELECT incoming.*, known.job_id IS NULL AS is_new,
            known.job_name_id AS old_name_id, known.known_at AS old_known_at
        FROM incoming_results AS incoming
        LEFT JOIN LATERAL (
            SELECT * FROM job_results
            WHERE namespace = incoming.namespace AND job_id = incoming.job_id
            OFFSET 0
        ) AS known ON true
        WHERE known.job_id IS NULL
            OR (known.push, known.job_name_id, known.result, known.started_at,
                known.duration_ms, known.known_at, known.tier)
            IS DISTINCT FROM (incoming.push, incoming.job_name_id, incoming.result,
                incoming.started_at, incoming.duration_ms, incoming.known_at, incoming.tier)
    ), stored AS (
        INSERT INTO job_results AS known
            (namespace, job_id, push, job_name_id, result, started_at, duration_ms, known_at,
             tier)
        SELECT namespace, job_id, push, job_name_id, result, started_at, duration_ms, known_at,
            tier
        FROM news ORDER BY namespace, job_id
        ON CONFLICT (namespace, job_id) DO UPDATE SET
            push = excluded.push, job_name_id = excluded.job_name_id,
            result = excluded.result, started_at = excluded.started_at,
            duration_ms = excluded.duration_ms, known_at = excluded.known_at,
            tier = excluded.tier
        WHERE (known.push, known.job_name_id, known.result, known.started_at,
                known.duration_ms, known.known_at, known.tier)
            IS DISTINCT FROM (excluded.push, excluded.job_name_id, excluded.result,
                excluded.started_at, excluded.duration_ms, excluded.known_at, excluded.tier)
    ), marked AS (
        INSERT INTO stale_job_days (job_name_id, day)
        SELECT job_name_id, (known_at AT TIME ZONE 'UTC')::date FROM news
        UNION
        SELECT old_name_id, (old_known_at AT TIME ZONE 'UTC')::date FROM news WHERE NOT is_new
        ORDER BY 1, 2
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM news
""")


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """What came of results that were handed in."""

    results: int = 0             # handed in
    new: int = 0
    changed: int = 0
    classifications: int = 0     # added
    assumed_times: int = 0       # classified, without a time: the push time stands for it

    def __add__(self, other: "StoredCounts") -> "StoredCounts":
        return StoredCounts(*map(sum, zip(astuple(self), astuple(other))))


class ResultWriter:
    """Stores batches of results, and remembers the ids of pushes and names between them.

    After a transaction that was not committed, call `forget`.
    """

    def __init__(self):
        self._pushes = PushIds()
        self.names = NameIds()

    def store(self, session: Session, results: Sequence[JobResult]) -> StoredCounts:
        """Store results by (namespace, job id); a job that comes twice is taken as it came last.

        Only what is new or differs is written. Raises UnknownProject.
        """
        if not results:
            return StoredCounts()
        lock_writers(session)
        self.names.resolve(session, results)  # first: it knows the projects
        self._pushes.resolve(session, results)
        session.execute(STAGING)
        session.execute(text("TRUNCATE incoming_results"))
        copy_lines(session, "incoming_results", f"{COLUMNS}, is_classified", self._lines(results))
        new, changed = session.execute(APPLY).one()
        said = store_classifications(session, results)
        return StoredCounts(len(results), new, changed, said, sum(map(lacks_time, results)))

    def forget(self) -> None:
        self._pushes.forget()
        self.names.forget()

    def _lines(self, results: Sequence[JobResult]) -> Iterator[str]:
        """Yield a line for each job, the last version of it, in the order of the index."""
        newest = {(result.namespace, result.job_id): result for result in results}
        classified = {(result.namespace, result.job_id) for result in results
                      if result.classification is not None}
        for key in sorted(newest):
            yield self._line(newest[key], key in classified)

    def _line(self, result: JobResult, is_classified: bool) -> str:
        push, name = self._pushes.id_of(result), self.names.id_of(result)
        started = NULL if result.started_at is None else result.started_at.isoformat()
        duration = NULL if result.duration_ms is None else result.duration_ms
        return (
            f"{escaped(result.namespace)}\t{escaped(result.job_id)}\t{push}\t{name}\t"
            f"{result.result}\t{started}\t{duration}\t{result.known_at.isoformat()}\t"
            f"{result.tier}\t{is_classified}\n")


def store_results(session: Session, results: Sequence[JobResult]) -> StoredCounts:
    """Store results by (namespace, job id), once; see ResultWriter."""
    return ResultWriter().store(session, results)


def lacks_time(result: JobResult) -> bool:
    """Say whether a classification came without its time."""
    return (result.classified_at is None and result.classification is not None
            and result.classification is not Classification.NOT_CLASSIFIED)
