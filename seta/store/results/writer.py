"""Store job results, with their pushes, names and classifications."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from io import StringIO

from sqlalchemy import text
from sqlalchemy.orm import Session

from ...domain import Classification, JobResult
from ..locks import lock_writers
from .classifications import known_classifications, store_classifications
from .job_names import Key as NameKey, NameIds
from .last_runs import keep_last_runs
from .namespaces import NamespaceIds
from .news import Asked
from .pushes import Key as PushKey, PushIds

Job = tuple[str, str]  # namespace, job id

COLUMNS = "known_at, duration_ms, namespace_id, push, job_name_id, result, tier, job_id"

STAGING = text("""
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_results (
        known_at timestamptz, duration_ms bigint, namespace_id integer, push integer,
        job_name_id integer, result job_result, tier smallint, job_id text COLLATE "C",
        is_classified boolean
    ) ON COMMIT DELETE ROWS
""")

ADD = text(f"""
    WITH added AS (
        INSERT INTO job_results ({COLUMNS})
        SELECT {COLUMNS} FROM incoming_results ORDER BY namespace_id, job_id
        ON CONFLICT (namespace_id, job_id) DO NOTHING
        RETURNING job_name_id, known_at
    ), marked AS (
        INSERT INTO stale_job_days (job_name_id, day)
        SELECT DISTINCT job_name_id, (known_at AT TIME ZONE 'UTC')::date FROM added
        ORDER BY 1, 2
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM added
""")

# The inner query is kept from being merged with the outer one, or the planner, which knows
# nothing of a temporary table, may read all results instead of the index.
CHANGE = text("""
    WITH news AS MATERIALIZED (
        SELECT incoming.*, known.job_name_id AS old_name_id, known.known_at AS old_known_at
        FROM incoming_results AS incoming
        CROSS JOIN LATERAL (
            SELECT * FROM job_results
            WHERE namespace_id = incoming.namespace_id AND job_id = incoming.job_id
            OFFSET 0
        ) AS known
        WHERE (known.push, known.job_name_id, known.result, known.duration_ms,
                known.known_at, known.tier)
            IS DISTINCT FROM (incoming.push, incoming.job_name_id, incoming.result,
                incoming.duration_ms, incoming.known_at, incoming.tier)
    ), changed AS (
        UPDATE job_results AS known SET
            push = news.push, job_name_id = news.job_name_id, result = news.result,
            duration_ms = news.duration_ms, known_at = news.known_at, tier = news.tier
        FROM news WHERE known.namespace_id = news.namespace_id AND known.job_id = news.job_id
    ), marked AS (
        INSERT INTO stale_job_days (job_name_id, day)
        SELECT job_name_id, (known_at AT TIME ZONE 'UTC')::date FROM news
        UNION
        SELECT old_name_id, (old_known_at AT TIME ZONE 'UTC')::date FROM news
        ORDER BY 1, 2
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM news
""")

NULL = r"\N"
SPECIAL = re.compile(r"[\\\t\n\r]")
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """Counts for one batch of results."""

    results: int = 0             # of the batch
    new: int = 0
    changed: int = 0
    classifications: int = 0     # added
    assumed_times: int = 0       # classified, without a time: the push time stands for it

    def __add__(self, other: "StoredCounts") -> "StoredCounts":
        return StoredCounts(*map(sum, zip(astuple(self), astuple(other))))


class ResultWriter:
    """Stores batches of results, and remembers ids of pushes, names and namespaces between them.

    After a transaction that was not committed, call `forget`.
    """

    def __init__(self) -> None:
        self._pushes = PushIds()
        self._namespaces = NamespaceIds()
        self.names = NameIds()

    def store(
        self, session: Session, results: Sequence[JobResult], asked: Asked | None = None
    ) -> StoredCounts:
        """Store results by (namespace, job id); of a job that comes twice the last result counts.

        Only what is new or differs is written. With `asked`, they are the present state of the
        jobs; else they are records of the past. Raises UnknownProject.
        """
        if not results:
            return StoredCounts()
        lock_writers(session)
        names = self.names.resolve(session, results)  # first: it knows the projects
        pushes, moved = self._pushes.resolve(session, results)
        jobs = {(each.namespace, each.job_id): each for each in results}
        namespaces = self._namespaces.resolve(session, {namespace for namespace, _ in jobs})
        classified = [each for each in results if each.classification is not None]
        session.execute(STAGING)
        session.execute(text("TRUNCATE incoming_results"))
        copy_lines(session, "incoming_results", f"{COLUMNS}, is_classified",
                   lines_of(jobs, classified, pushes, names, namespaces))
        new = session.scalar(ADD)
        # A new job has neither changed nor been classified before.
        changed = session.scalar(CHANGE) if new < len(jobs) else 0
        known = known_classifications(session) if new < len(jobs) else {}
        keep_last_runs(session, moved_pushes=moved, is_any_new=new > 0,
                       is_any_changed=changed > 0)
        added = store_classifications(session, classified, known, namespaces, asked)
        return StoredCounts(
            len(results), new, changed, added, sum(map(lacks_time, classified)))

    def forget(self) -> None:
        self._pushes.forget()
        self._namespaces.forget()
        self.names.forget()


def lines_of(
    jobs: Mapping[Job, JobResult], classified: Sequence[JobResult], pushes: Mapping[PushKey, int],
    names: Mapping[NameKey, int], namespaces: Mapping[str, int],
) -> Iterator[str]:
    """Yield a line of the staging table for each job."""
    classified_keys = {(each.namespace, each.job_id) for each in classified}
    for key, job in jobs.items():
        duration = NULL if job.duration_ms is None else job.duration_ms
        yield (
            f"{job.known_at.isoformat()}\t{duration}\t{namespaces[job.namespace]}\t"
            f"{pushes[job.project, job.revision]}\t"
            f"{names[job.project, job.build_system, job.name]}\t{job.result}\t{job.tier}\t"
            f"{escaped(job.job_id)}\t{key in classified_keys}\n")


def lacks_time(result: JobResult) -> bool:
    """Return whether a classification came without its time."""
    return (result.classified_at is None
            and result.classification is not Classification.NOT_CLASSIFIED)


def escaped(value: str) -> str:
    r"""Return a word as COPY's text format has it.

    >>> escaped("a\tb"), escaped("plain")
    ('a\\tb', 'plain')
    """
    if SPECIAL.search(value) is None:
        return value
    for plain, spelled in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        value = value.replace(plain, spelled)
    return value


def copy_lines(session: Session, table: str, columns: str, lines: Iterable[str]) -> None:
    """Copy lines of tab-separated, escaped cells, each with its newline.

    The database reads them while other threads of Python go on.
    """
    session.flush()
    cursor = session.connection().connection.cursor()
    try:
        cursor.copy_expert(
            f"COPY {table} ({columns}) FROM STDIN", StringIO("".join(lines)), BLOCK)
    finally:
        cursor.close()
