"""Which regressions were starred anew, every failure of theirs, and where their jobs passed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime, Integer

from ...domain import JobType, MissPush
from .. import schema
from ..locks import lock_writers
from ..results.job_names import as_job_type
from .window import END_OF_TIME, EvidenceWindow
from .witnesses import counted_jobs

Classified, Result, Push, Name, Type = (
    schema.ClassificationRow, schema.JobResult, schema.Push, schema.JobName, schema.JobType)

# People's classifications do not wait for the writers, so one of them may be committed after one
# with a greater number.
STILL_OPEN = 1000
# How far back a last pass is looked for: near the failure first, which nearly always suffices.
SPANS = timedelta(days=1), timedelta(days=30)

# All that a job was ever said to be fixed by: a star that was taken back is news too.
NEW_FIXES = text("""
    SELECT DISTINCT unnest(every.fixed_by)
    FROM classifications AS new
    JOIN job_results USING (namespace_id, job_id)
    JOIN pushes ON pushes.id = job_results.push
    JOIN projects ON projects.name = pushes.project
    JOIN classifications AS every USING (namespace_id, job_id)
    WHERE new.id > :after AND new.id <= :until AND projects.scope = :scope
        AND new.classified_at >= :since
""").bindparams(bindparam("since", type_=DateTime(timezone=True)))

PASSES_BEFORE = text("""
    SELECT wanted.number, run.push_id, run.revision, run.pushed_at
    FROM unnest(:names, :before) WITH ORDINALITY AS wanted (name_id, before, number)
    CROSS JOIN LATERAL (
        SELECT pushes.push_id, pushes.revision, pushes.pushed_at
        FROM job_results JOIN pushes ON pushes.id = job_results.push
        WHERE job_results.job_name_id = wanted.name_id AND job_results.result = 'success'
            AND job_results.known_at >= wanted.before - :span
            AND pushes.pushed_at < wanted.before
        ORDER BY pushes.pushed_at DESC LIMIT 1
    ) AS run
""").bindparams(bindparam("names", type_=ARRAY(Integer)),
                bindparam("before", type_=ARRAY(DateTime(timezone=True))))


@dataclass(frozen=True, slots=True)
class StarredRun:
    """One failed run that counts as a witness of a regression; the name may be unparsed."""

    fixed_by: str
    project: str
    build_system: str
    name: str
    job_type: JobType | None
    push: MissPush
    known_at: datetime


def newest_classification(session: Session) -> int:
    """Return the id of the newest classification; no source is writing any of before it."""
    lock_writers(session)
    return session.scalar(select(func.max(Classified.id))) or 0


def new_fixes(
    session: Session, scope: str, *, after: int, until: int, since: datetime
) -> set[str]:
    """Return the fixing revisions of a scope that classifications stored after one concern."""
    return set(session.scalars(NEW_FIXES, {
        "scope": scope, "after": max(0, after - STILL_OPEN), "until": until,
        "since": since}))


def starred_runs(session: Session, scope: str, fixes: Collection[str]) -> list[StarredRun]:
    """Return all failed runs that now count as witnesses of these regressions; not of tier 3."""
    window = EvidenceWindow(scope, datetime(1970, 1, 1, tzinfo=UTC), END_OF_TIME, END_OF_TIME)
    jobs = counted_jobs(window).where(Classified.fixed_by.overlap(list(fixes))).add_columns(
        Push.project, Push.push_id, Push.revision, Name.build_system, Name.name).cte("jobs")
    each = select(jobs, func.unnest(jobs.c.fixed_by).label("fix")).where(
        ~jobs.c.has_own_schedule).subquery("each")
    query = (
        select(each.c.fix, each.c.project, each.c.build_system, each.c.name, Type, each.c.push_id,
               each.c.revision, each.c.pushed_at, each.c.known_at)
        .outerjoin(Type, Type.id == each.c.job_type_id)
        .where(each.c.fix.in_(list(fixes)))
        .order_by(each.c.fix, each.c.pushed_at, each.c.known_at, each.c.name))
    return [StarredRun(row[0], row[1], row[2], row[3], as_job_type(row[4]), MissPush(*row[5:8]),
                       row[8])
            for row in session.execute(query)]


def typed_names(session: Session, project: str) -> list[tuple[str, str, int, JobType]]:
    """Return the build system, name, id and job type of every parsed name of a project."""
    query = select(Name.build_system, Name.name, Name.id, Type).join(
        Type, Type.id == Name.job_type_id).where(Name.project == project).order_by(Name.id)
    return [(build_system, name, name_id, as_job_type(row))
            for build_system, name, name_id, row in session.execute(query)]


def passes_before(
    session: Session, wanted: Sequence[tuple[int, datetime]]
) -> dict[tuple[int, datetime], MissPush]:
    """Return the last push before a time on which a job passed, for each that has one."""
    found: dict[tuple[int, datetime], MissPush] = {}
    for span in SPANS:
        asked = [each for each in wanted if each not in found]
        rows = session.execute(PASSES_BEFORE, {
            "names": [name for name, _ in asked], "before": [at for _, at in asked],
            "span": span})
        found |= {asked[number - 1]: MissPush(*push) for number, *push in rows}
    return found


def passes_between(
    session: Session, project: str, names: Collection[int], *, since: datetime, until: datetime
) -> dict[int, set[str]]:
    """Return the revisions, pushed from `since` to `until`, on which each job passed."""
    query = select(Result.job_name_id, Push.revision).join(Push, Push.id == Result.push).where(
        Result.job_name_id.in_(names), Result.result == "success", Result.known_at >= since,
        Push.project == project, Push.pushed_at >= since, Push.pushed_at <= until)
    found: dict[int, set[str]] = {}
    for name, revision in session.execute(query):
        found.setdefault(name, set()).add(revision)
    return found


def found_times(session: Session, scope: str, *, since: datetime) -> dict[str, datetime]:
    """Return when each regression was found, its first known failure; pushed since then.

    Of integration projects that have a ledger of that time, since others can have no miss.
    """
    window = EvidenceWindow(scope, since, END_OF_TIME, END_OF_TIME)
    has_ledger = select(schema.Schedule.id).where(
        schema.Schedule.project == Push.project, schema.Schedule.pushed_at >= since).exists()
    jobs = counted_jobs(window).where(schema.Project.is_integration, has_ledger).cte("jobs")
    each = select(func.unnest(jobs.c.fixed_by).label("fix"), jobs.c.known_at).where(
        ~jobs.c.has_own_schedule).subquery("each")
    rows = session.execute(select(each.c.fix, func.min(each.c.known_at)).group_by(each.c.fix))
    return {fix: at for fix, at in rows}
