"""What regressions are inferred from: how each job that ever failed ended, push by push."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from ...domain import FAILING, VERDICTS
from .. import schema
from ..curation.classifications import JobKey
from .alive import SELF_SCHEDULED_TIER

Result, Push, Name = schema.JobResult, schema.Push, schema.JobName


@dataclass(frozen=True, slots=True)
class PushOutcome:
    """How one job ended on one push, over all its runs that passed or failed."""

    job_name_id: int
    revision: str
    pushed_at: datetime
    passed: bool               # at least one run did: an intermittent failure proves nothing
    known_at: datetime         # of its last run
    failed: tuple[JobKey, ...]


def outcomes(session: Session, project: str, *, since: datetime) -> Iterator[PushOutcome]:
    """Yield the outcomes of each job that failed since then, in the order of pushes.

    Jobs follow each other; jobs that never failed are left out. Tier 3 is not evidence.
    """
    other = aliased(Result)
    failed = exists().where(
        other.job_name_id == Name.id, other.result.in_(FAILING), other.known_at >= since)
    key = func.json_build_array(schema.Namespace.name, Result.job_id)
    is_failed = Result.result.in_(FAILING)
    query = (
        select(Name.id, Push.revision, Push.pushed_at, func.bool_or(~is_failed),
               func.max(Result.known_at), func.json_agg(key).filter(is_failed))
        .join(Result, Result.job_name_id == Name.id).join(Push, Push.id == Result.push)
        .join(schema.Namespace, schema.Namespace.id == Result.namespace_id)
        .where(Name.project == project, Result.result.in_(VERDICTS),
               Result.tier < SELF_SCHEDULED_TIER, Push.pushed_at >= since,
               Result.known_at >= since,  # as its push is: by this the index finds it
               failed)
        .group_by(Name.id, Push.id)
        .order_by(Name.id, Push.pushed_at, Push.id)
        .execution_options(yield_per=5000))
    for name_id, revision, pushed_at, passed, known_at, keys in session.execute(query):
        yield PushOutcome(name_id, revision, pushed_at, passed, known_at,
                          tuple(sorted(JobKey(*key) for key in keys or ())))
