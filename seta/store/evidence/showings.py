"""How each witness did while its regression was in the tree, and how every job type does else."""

from datetime import timedelta

from sqlalchemy import func, literal, select, true
from sqlalchemy.orm import Session

from ...domain import FAILING, VERDICTS, JobType, RunCount
from .. import schema
from .alive import SELF_SCHEDULED_TIER
from .days import days_until
from .window import EvidenceWindow
from .witnesses import counted_jobs

# Of each witness the first runs by the time when they ended: more would say nothing new.
MOST_RUNS = 30
# A run that ended later than this after the fix is not looked for: the index is by that time.
ENDS_WITHIN = timedelta(hours=6)

Name, Type, Push, Result = schema.JobName, schema.JobType, schema.Push, schema.JobResult


def showings(session: Session, window: EvidenceWindow) -> dict[str, dict[JobType, RunCount]]:
    """Return how often each witness ran and failed until the fix, by fixing revision.

    Counted are its runs, on each project on which it caught the regression, on the pushes from the
    regression's first failing one there until before the push of the fix; where that is not a
    known push, until the last one with a failure that was starred. A run counts once it passed or
    failed, starred or not. At most `MOST_RUNS` of each name. One query.
    """
    jobs = counted_jobs(window).add_columns(Push.project).cte("jobs")
    fixed_by = func.unnest(jobs.c.fixed_by).label("fixed_by")
    each = select(fixed_by, jobs.c.project, jobs.c.pushed_at, jobs.c.job_type_id).where(
        jobs.c.job_type_id.is_not(None), ~jobs.c.has_own_schedule).cte("each")
    seen = (
        select(each.c.fixed_by, each.c.project, func.min(each.c.pushed_at).label("begin"),
               func.max(each.c.pushed_at).label("last"))
        .group_by(each.c.fixed_by, each.c.project).cte("seen").prefix_with("MATERIALIZED"))
    # By digits and not by a pattern, and apart from the time, so that the index by revision finds
    # it; once for each span, since the planner takes all of this for a few rows.
    fixes = (
        select(Push.pushed_at)
        .where(Push.project == seen.c.project, Push.revision >= seen.c.fixed_by,
               Push.revision < seen.c.fixed_by + "g")
        .correlate(seen).order_by(Push.revision).offset(0).lateral("fixes"))
    fixed_at = func.min(fixes.c.pushed_at).filter(
        fixes.c.pushed_at > seen.c.begin, fixes.c.pushed_at < window.as_of)
    spans = (
        select(*seen.c, fixed_at.label("fixed_at"))
        .select_from(seen.outerjoin(fixes, true()))
        .group_by(*seen.c).cte("spans").prefix_with("MATERIALIZED"))
    pairs = select(each.c.fixed_by, each.c.project, each.c.job_type_id).distinct().cte(
        "pairs").prefix_with("MATERIALIZED")
    ran = (
        select(Result.result.in_(FAILING).label("has_failed"))
        .join(Push, Push.id == Result.push)
        .where(Result.job_name_id == Name.id,
               Result.known_at >= spans.c.begin, Result.known_at <= window.known_by,
               Result.known_at < func.coalesce(spans.c.fixed_at, spans.c.last) + ENDS_WITHIN,
               Result.result.in_(VERDICTS), Result.tier < SELF_SCHEDULED_TIER,
               Push.pushed_at >= spans.c.begin, Push.pushed_at < window.as_of,
               func.coalesce(Push.pushed_at < spans.c.fixed_at,
                             Push.pushed_at <= spans.c.last))
        .order_by(Result.known_at, Result.namespace_id, Result.job_id)
        .limit(literal(MOST_RUNS)).lateral("ran"))
    query = (
        select(pairs.c.fixed_by, Type.id, Type.platform, Type.build_type, Type.test_suite,
               Type.chunk, func.count(), func.count().filter(ran.c.has_failed))
        .select_from(pairs)
        .join(spans, (spans.c.fixed_by == pairs.c.fixed_by)
              & (spans.c.project == pairs.c.project))
        .join(Name, (Name.job_type_id == pairs.c.job_type_id)
              & (Name.project == pairs.c.project))
        .join(ran, true())
        .join(Type, Type.id == pairs.c.job_type_id)
        .group_by(pairs.c.fixed_by, Type.id)
        .order_by(pairs.c.fixed_by, Type.platform, Type.build_type, Type.test_suite, Type.chunk))
    found: dict[str, dict[JobType, RunCount]] = {}
    job_types: dict[int, JobType] = {}   # one object for the many rows of each
    counts: dict[RunCount, RunCount] = {}
    for each_fix, type_id, *words, runs, failures in session.execute(query):
        job_type = job_types.setdefault(type_id, JobType(*words))
        count = RunCount(runs, failures)
        found.setdefault(each_fix, {})[job_type] = counts.setdefault(count, count)
    return found


def run_totals(session: Session, window: EvidenceWindow) -> dict[JobType, RunCount]:
    """Return how often each job type ran and failed on the days of the window. One query."""
    days = days_until(window)
    query = (
        select(Type.platform, Type.build_type, Type.test_suite, Type.chunk,
               func.sum(days.c.runs), func.sum(days.c.failures))
        .join(Name, Name.job_type_id == Type.id)
        .join(days, days.c.job_name_id == Name.id)
        .where(days.c.day >= window.since.date(), days.c.runs > 0)
        .group_by(Type.id))
    return {JobType(*words): RunCount(int(runs), int(failures))
            for *words, runs, failures in session.execute(query)}
