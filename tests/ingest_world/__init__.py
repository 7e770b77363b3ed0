"""What tests of the store's writes and of ingest share."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text

from seta.domain import Classification, JobResult, ListedJob, Project, Scope
from seta.ingest import IngestLengths
from seta.store.curation import projects
from seta.store.operation.watermarks import watermark
from seta.store.results.classifications import is_outranked
from seta.store.results.writer import ResultWriter, StoredCounts
from seta.store.schema import ClassificationRow

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LENGTHS = IngestLengths(window=timedelta(days=2), overlap=timedelta(hours=1),
                        slice_length=timedelta(hours=4))
FIX = "abcdef012345"
FIXED = Classification.FIXED_BY_COMMIT
INTERMITTENT = Classification.INTERMITTENT
NOT_CLASSIFIED = Classification.NOT_CLASSIFIED

NAMESPACE = "(SELECT n.name FROM namespaces n WHERE n.id = namespace_id)"
TABLES = {
    "pushes": "project, revision, pushed_at, push_id",
    "job_types": "platform, build_type, test_suite, chunk",
    "job_names": "project, build_system, name, job_type_id IS NULL, tier, is_given",
    "namespaces": "name",
    "job_results": f"{NAMESPACE}, job_id, (SELECT (project, revision) FROM pushes p WHERE p.id = "
                   "push), (SELECT name FROM job_names n WHERE n.id = job_name_id), result, "
                   "duration_ms, known_at, tier",
    "last_runs": "(SELECT (project, build_system, name) FROM job_names n WHERE n.id = "
                 f"job_name_id), {NAMESPACE}, job_id, (SELECT revision FROM pushes p WHERE p.id = "
                 "push), known_at, has_failed",
    "classifications": f"{NAMESPACE}, job_id, classification, fixed_by, unparsed, classified_at, "
                       "is_assumed",
    "job_days": "(SELECT (project, build_system, name) FROM job_names n WHERE n.id = "
                "job_name_id), day, runs, failures, timed_runs, milliseconds, first_at, last_at, "
                "listed_at",
    "job_lists": "project, build_system, seen_at, last_seen_at, (SELECT array_agg(name ORDER BY "
                 "name) FROM job_list_entries e JOIN job_names n ON n.id = e.job_name_id WHERE "
                 "e.job_list_id = job_lists.id)",
    "failed_slices": "source, project, by, starts_at, ends_at, failures, is_set_aside",
    "watermarks": "project, source, reached_at, succeeded_at, fill_until, filled_to, asked_to",
    "stale_job_days": "day",
}


def at(hours) -> datetime:
    return NOON + timedelta(hours=hours)


def job(number=1, **fields) -> JobResult:
    """A passed job of autoland; `job(1)` and `job(1, result="busted")` are the same job."""
    made = JobResult(
        namespace="treeherder", job_id=str(number), project="autoland",
        build_system="taskcluster", name="test-linux64/opt-mochitest-1", revision="a" * 40,
        pushed_at=NOON, result="success", started_at=NOON + timedelta(minutes=1),
        duration_ms=60_000)
    return replace(made, **fields)


def star(number=1, classification=FIXED, fixed_by=(FIX,), at=NOON, **fields) -> JobResult:
    """A failed job with a classification."""
    fixed_by = fixed_by if classification is FIXED else ()
    return job(number, result="testfailed", classification=classification, fixed_by=fixed_by,
               classified_at=at, **fields)


def listed(name="test-linux64/opt-mochitest-1", seen_at=NOON, **fields) -> ListedJob:
    return replace(ListedJob("autoland", "taskcluster", name, seen_at), **fields)


def add_projects(session, *names, scope="trunk", **fields) -> None:
    if scope not in [each.name for each in projects.scopes(session)]:
        projects.add_scope(session, Scope(scope))
    for name in names or ("autoland",):
        projects.add_project(session, Project(name, scope, **{"source": "activedata"} | fields))


def store_results(session, results) -> StoredCounts:
    """Store one batch as a program does that has just started."""
    return ResultWriter().store(session, results)


def rows(session, table) -> list[tuple]:
    """A table's rows without what the order of arrival decides, sorted."""
    return sorted(map(tuple, session.execute(text(f"SELECT {TABLES[table]} FROM {table}"))),
                  key=repr)


def contents(session, *without) -> dict[str, list[tuple]]:
    """All that ingest writes."""
    return {table: rows(session, table) for table in TABLES if table not in without}


def mark(sessions):
    """The watermark of autoland."""
    with sessions() as session:
        return watermark(session, source="activedata", project="autoland")


def versions(session, *, with_locks=True) -> list[tuple]:
    """Where each row lies: it changes with any write to it, were it of the same content."""
    columns = "ctid::text, xmin::text" + (", xmax::text" if with_locks else "")
    return [tuple(row) for table in TABLES for row in session.execute(
        text(f"SELECT '{table}', {columns} FROM {table} ORDER BY 2"))]


def believed(sessions, known_by) -> dict[str, tuple[str, tuple[str, ...]]]:
    """How each job counted at a moment: its classification and what fixed it."""
    row = ClassificationRow
    query = select(row.job_id, row.classification, row.fixed_by).where(
        row.classified_at <= known_by, ~is_outranked(known_by))
    with sessions() as session:
        return {job_id: (classification, tuple(fixed_by))
                for job_id, classification, fixed_by in session.execute(query)}
