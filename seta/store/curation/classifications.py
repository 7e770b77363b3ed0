"""Classifications that people make through our API, and inferred ones; only ever added."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from ...domain import FAILING, Classification
from ...domain.limits import REVISION_DIGITS
from ...errors import NotFound
from .. import schema
from ..ledger.outcomes import has_revision
from ..results.classifications import counted_classification
from ..results.namespaces import namespace_id, namespace_ids

Classified, Result, Push, Name, Namespace = (
    schema.ClassificationRow, schema.JobResult, schema.Push, schema.JobName, schema.Namespace)


@dataclass(frozen=True, order=True, slots=True)
class JobKey:
    namespace: str
    job_id: str


@dataclass(frozen=True, slots=True)
class CountedClassification:
    """The classification of a job that counts."""

    classification: str
    fixed_by: tuple[str, ...]
    is_inferred: bool
    who: str | None
    classified_at: datetime

    def says(self, classification: Classification, fixed_by: Collection[str]) -> bool:
        return self.classification == classification and set(self.fixed_by) == set(fixed_by)


def job_key(session: Session, namespace: str, job_id: str) -> JobKey:
    """Raises NotFound when no such job run is stored."""
    query = select(Result.job_id).where(
        Result.namespace_id == namespace_id(namespace), Result.job_id == job_id)
    if session.scalar(query) is None:
        raise NotFound(f"there is no job {job_id!r} in the namespace {namespace!r}")
    return JobKey(namespace, job_id)


def failed_jobs_between(
    session: Session, project: str, build_system: str, name: str, *, first: str, last: str
) -> list[JobKey]:
    """Return the failed runs of a job on the pushes from first to last, both included.

    A push is named by its revision, or by its id. Raises NotFound for one that is not stored.
    """
    start, end = _push(session, project, first), _push(session, project, last)
    query = (
        select(Namespace.name, Result.job_id)
        .join(Namespace, Namespace.id == Result.namespace_id)
        .join(Push, Push.id == Result.push).join(Name, Name.id == Result.job_name_id)
        .where(Name.project == project, Name.build_system == build_system, Name.name == name,
               Result.result.in_(FAILING), Push.pushed_at >= start.pushed_at,
               Push.pushed_at <= end.pushed_at)
        .order_by(Namespace.name, Result.job_id))
    return [JobKey(*row) for row in session.execute(query)]


def counted_classifications(
    session: Session, jobs: Iterable[JobKey]
) -> dict[JobKey, CountedClassification]:
    """Return the classification that counts for each job that has any."""
    jobs = list(jobs)
    job = func.unnest(
        literal([each.namespace for each in jobs], ARRAY(Text)),
        literal([each.job_id for each in jobs], ARRAY(Text)),
    ).table_valued("namespace", "job_id").render_derived(name="job")
    counts = counted_classification(Namespace.id, job.c.job_id).lateral("counts")
    rows = session.execute(
        select(job.c.namespace, job.c.job_id, counts.c.classification, counts.c.fixed_by,
               counts.c.is_inferred, counts.c.who, counts.c.classified_at)
        .join(Namespace, Namespace.name == job.c.namespace)
        .join(counts, true()))
    return {JobKey(namespace, job_id): CountedClassification(classification, tuple(fixed_by), *rest)
            for namespace, job_id, classification, fixed_by, *rest in rows}


def add_classifications(
    session: Session, jobs: Iterable[JobKey], classification: Classification,
    fixed_by: Collection[str], *, at: datetime, who: str | None, is_inferred: bool = False,
) -> None:
    """Add one classification to each job; `who` is None for an inferred one."""
    jobs = list(jobs)
    ids = namespace_ids(session, {job.namespace for job in jobs})
    session.add_all(
        Classified(namespace_id=ids[job.namespace], job_id=job.job_id,
                   classification=classification, fixed_by=sorted(fixed_by), classified_at=at,
                   who=who, is_inferred=is_inferred)
        for job in jobs)
    session.flush()


def _push(session: Session, project: str, named: str) -> schema.Push:
    is_named = Push.push_id == named
    if len(named) >= REVISION_DIGITS:
        is_named = or_(is_named, has_revision(named))
    found = session.scalars(
        select(Push).where(Push.project == project, is_named).limit(2)).all()
    if len(found) != 1:
        raise NotFound(f"{'no' if not found else 'more than one'} push {named!r} of {project} is "
                       "stored; name it by its revision or its id")
    return found[0]
