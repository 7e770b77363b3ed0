"""What is known of single jobs: which are alive, how they ended, when they ran and passed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, Text, bindparam, select, text
from sqlalchemy.orm import Session

from ..domain import FAILING, Classification, JobType
from . import tables

ALIVE_FOR = timedelta(days=14)  # without a list: a result as old as this still says "alive"
LAST_RUNS = 10                  # of a job; retriggers of old pushes may be among the newest
INTERMITTENT = tuple(str(word) for word in Classification if "intermittent" in word)

# The newest results by the time they were known are few index entries a job. Of these the one on
# the newest push counts: a backfill of an old push says nothing of the tip.
STILL_FAILING = text("""
    SELECT job_names.name
    FROM job_names CROSS JOIN LATERAL (
        SELECT last_runs.* FROM (
            SELECT * FROM job_results
            WHERE job_results.job_name_id = job_names.id
              AND job_results.result = ANY(:telling)
            ORDER BY job_results.known_at DESC LIMIT :runs
        ) last_runs JOIN pushes ON pushes.id = last_runs.push
        ORDER BY pushes.pushed_at DESC, last_runs.known_at DESC LIMIT 1
    ) last_run
    WHERE job_names.project = :project AND job_names.build_system = :build_system
      AND job_names.name = ANY(:names)
      AND last_run.result = ANY(:failing)
      AND NOT COALESCE((
        SELECT classifications.classification = ANY(:intermittent) FROM classifications
        WHERE classifications.namespace = last_run.namespace
          AND classifications.job_id = last_run.job_id
        ORDER BY classifications.is_inferred, classifications.classified_at DESC,
                 classifications.id DESC
        LIMIT 1), FALSE)
""").bindparams(*(bindparam(name, type_=ARRAY(Text))
                  for name in ("telling", "failing", "intermittent", "names")))


@dataclass(frozen=True, slots=True)
class KnownJob:
    """A job name of a project, with what it means where it could be parsed."""

    name: str
    job_type: JobType | None


def still_failing(
    session: Session, project: str, build_system: str, names: Collection[str]
) -> frozenset[str]:
    """Return those of these jobs whose last run failed and is not classified intermittent.

    Runs that say nothing of the code (cancelled, skipped, retried) are passed over.
    """
    if not names:
        return frozenset()
    session.execute(text("SET LOCAL jit = off"))  # compiling takes longer than the answer
    return frozenset(session.scalars(STILL_FAILING, {
        "project": project, "build_system": build_system, "names": list(names),
        "telling": sorted(FAILING | {"success"}), "failing": sorted(FAILING),
        "intermittent": list(INTERMITTENT), "runs": LAST_RUNS,
    }))


def alive_jobs(
    session: Session, project: str, build_system: str, *, at: datetime
) -> list[KnownJob]:
    """Return the jobs of the newest list, or, where no list exists, those seen lately."""
    alive = _alive(session, project, build_system, at)
    return known_jobs(session, project, build_system, alive)


def known_jobs(session: Session, project: str, build_system: str, *conditions) -> list[KnownJob]:
    """Return the jobs ever seen on a project, alive or not, by name."""
    query = (
        select(tables.JobName.name, tables.JobType)
        .outerjoin(tables.JobType, tables.JobType.id == tables.JobName.job_type_id)
        .where(tables.JobName.project == project, tables.JobName.build_system == build_system,
               *conditions)
        .order_by(tables.JobName.name))
    return [KnownJob(name, row and to_job_type(row)) for name, row in session.execute(query)]


def to_job_type(row: tables.JobType) -> JobType:
    return JobType(row.platform, row.build_type, row.test_suite, row.chunk)


def _alive(session: Session, project: str, build_system: str, at: datetime):
    newest_list = session.scalar(
        select(tables.JobList.id)
        .where(tables.JobList.project == project, tables.JobList.build_system == build_system,
               tables.JobList.seen_at <= at)
        .order_by(tables.JobList.seen_at.desc()).limit(1))
    if newest_list is not None:
        return tables.JobName.id.in_(
            select(tables.JobListEntry.job_name_id)
            .where(tables.JobListEntry.job_list_id == newest_list))
    return select(tables.JobResult.job_id).where(
        tables.JobResult.job_name_id == tables.JobName.id,
        tables.JobResult.known_at > at - ALIVE_FOR, tables.JobResult.known_at <= at).exists()
