"""Classify failed jobs by hand, where no sheriff's tool does it."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import Classification
from ..domain.limits import REVISION_DIGITS, is_hg_revision
from ..errors import BadInput, NotFound
from ..store.curation import classifications
from ..store.curation.classifications import CountedClassification, JobKey
from ..store.operation.audit import record_audit

logger = logging.getLogger(__name__)

BY_HAND = (Classification.FIXED_BY_COMMIT, Classification.INTERMITTENT,
           Classification.NOT_CLASSIFIED)


@dataclass(frozen=True, slots=True)
class HandClassification:
    """What a person decides; "not classified" takes back an earlier decision."""

    classification: Classification
    fixed_by: tuple[str, ...] = ()  # first 12 digits

    def __post_init__(self) -> None:
        if self.classification not in BY_HAND:
            raise BadInput(f"classification must be one of {', '.join(BY_HAND)}, "
                           f"not {self.classification!r}")
        if bool(self.fixed_by) != (self.classification is Classification.FIXED_BY_COMMIT):
            raise BadInput("\"fixed by commit\", and nothing else, needs the fixing revision in "
                           f"fixed_by: {self.classification}, {self.fixed_by!r}")


def read_classification(classification: str, fixed_by: str | None = None) -> HandClassification:
    """Parse a classification; raises BadInput with the value that is wrong."""
    if fixed_by is not None and not is_hg_revision(fixed_by.lower()):
        raise BadInput("fixed_by must be a revision of 12 to 40 hexadecimal digits, "
                       f"not {fixed_by!r}")
    if classification not in set(BY_HAND):
        raise BadInput(f"classification is one of {', '.join(BY_HAND)}, not {classification!r}")
    revisions = () if fixed_by is None else (fixed_by.lower()[:REVISION_DIGITS],)
    return HandClassification(Classification(classification), revisions)


def classify_job(
    session: Session, namespace: str, job_id: str, what: HandClassification, *, who: str,
    now: datetime, why: str = "",
) -> int:
    """Classify one job run; return how many classifications that adds, 0 if it already had it."""
    job = classifications.job_key(session, namespace, job_id)
    return _add(session, [job], what, who=who, why=why, target=f"{namespace} {job_id}", now=now)


def classify_range(
    session: Session, project: str, build_system: str, name: str, what: HandClassification, *,
    first: str, last: str, who: str, now: datetime, why: str = "",
) -> int:
    """Classify every failed run of a job from one push to another; return how many that adds.

    Raises NotFound when the job failed on none of these pushes.
    """
    jobs = classifications.failed_jobs_between(
        session, project, build_system, name, first=first, last=last)
    if not jobs:
        raise NotFound(f"{name!r} failed on no push of {project} from {first} to {last}")
    return _add(session, jobs, what, who=who, why=why, target=f"{project} {name} {first}..{last}",
                now=now)


def _add(
    session: Session, jobs: Collection[JobKey], what: HandClassification, *, who: str, why: str,
    target: str, now: datetime,
) -> int:
    known = classifications.counted_classifications(session, jobs)
    new = [job for job in jobs if not _is_known(known.get(job), what)]
    if new:
        classifications.add_classifications(
            session, new, what.classification, what.fixed_by, at=now, who=who)
        record_audit(
            session, who=who, what=f"classify {what.classification}", target=target, why=why,
            details={"jobs": len(new), "fixed_by": list(what.fixed_by)})
    logger.info("%s: classified as %s: %d new, %d already known", target, what.classification,
                len(new), len(jobs) - len(new))
    return len(new)


def _is_known(known: CountedClassification | None, what: HandClassification) -> bool:
    return (known is not None and not known.is_inferred
            and known.says(what.classification, what.fixed_by))
