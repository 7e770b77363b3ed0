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
    spans = (
        select(each.c.fixed_by, each.c.project, func.min(each.c.pushed_at).label("begin"),
               func.max(each.c.pushed_at).label("last"))
        .group_by(each.c.fixed_by, each.c.project).cte("spans").prefix_with("MATERIALIZED"))
    fix = (
        select(func.min(Push.pushed_at).label("at"))
        # By digits, not by a pattern: so the index finds it.
        .where(Push.project == spans.c.project, Push.revision >= spans.c.fixed_by,
               Push.revision < spans.c.fixed_by + "g", Push.pushed_at > spans.c.begin,
               Push.pushed_at < window.as_of)
        .lateral("fix"))
    pairs = select(each.c.fixed_by, each.c.project, each.c.job_type_id).distinct().cte(
        "pairs").prefix_with("MATERIALIZED")
    ran = (
        select(Result.result.in_(FAILING).label("has_failed"))
        .join(Push, Push.id == Result.push)
        .where(Result.job_name_id == Name.id,
               Result.known_at >= spans.c.begin, Result.known_at <= window.known_by,
               Result.known_at < func.coalesce(fix.c.at, spans.c.last) + ENDS_WITHIN,
               Result.result.in_(VERDICTS), Result.tier < SELF_SCHEDULED_TIER,
               Push.pushed_at >= spans.c.begin, Push.pushed_at < window.as_of,
               func.coalesce(Push.pushed_at < fix.c.at, Push.pushed_at <= spans.c.last))
        .order_by(Result.known_at, Result.namespace_id, Result.job_id)
        .limit(literal(MOST_RUNS)).lateral("ran"))
    query = (
        select(pairs.c.fixed_by, Type.platform, Type.build_type, Type.test_suite, Type.chunk,
               func.count(), func.count().filter(ran.c.has_failed))
        .select_from(pairs)
        .join(spans, (spans.c.fixed_by == pairs.c.fixed_by)
              & (spans.c.project == pairs.c.project))
        .join(fix, true())
        .join(Name, (Name.job_type_id == pairs.c.job_type_id)
              & (Name.project == pairs.c.project))
        .join(ran, true())
        .join(Type, Type.id == pairs.c.job_type_id)
        .group_by(pairs.c.fixed_by, Type.id)
        .order_by(pairs.c.fixed_by, Type.platform, Type.build_type, Type.test_suite, Type.chunk))
    found: dict[str, dict[JobType, RunCount]] = {}
    for each_fix, *words, runs, failures in session.execute(query):
        found.setdefault(each_fix, {})[JobType(*words)] = RunCount(runs, failures)
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
