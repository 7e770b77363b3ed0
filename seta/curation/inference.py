"""Regressions where nobody classifies: a job that passed, failed for a while and passed again.

What is inferred is marked so, and outranked by anything that a person or a source says.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from ..domain import Classification, Project
from ..domain.limits import REVISION_DIGITS
from ..store.curation import classifications, projects
from ..store.curation.classifications import CountedClassification, JobKey
from ..store.evidence import push_outcomes
from ..store.evidence.push_outcomes import PushOutcome

logger = logging.getLogger(__name__)

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Island:
    """Consecutive pushes on which a job failed, between two on which it passed."""

    failed: tuple[PushOutcome, ...]
    passed_again: PushOutcome

    @property
    def jobs(self) -> tuple[JobKey, ...]:
        return tuple(key for outcome in self.failed for key in outcome.failed)


def islands(outcomes: Iterable[PushOutcome]) -> Iterator[Island]:
    """Yield the islands of one job, whose outcomes come in the order of pushes."""
    failed: list[PushOutcome] | None = None  # None: it has not passed yet
    for outcome in outcomes:
        if not outcome.passed:
            if failed is not None:
                failed.append(outcome)
            continue
        if failed:
            yield Island(tuple(failed), outcome)
        failed = []


def infer_regressions(
    session: Session, project: Project, *, since: datetime, now: datetime
) -> int:
    """Classify what is inferred of the pushes since then; return how many jobs that changes.

    Failures on `project.infer_after` consecutive pushes or more are fixed by the push on which
    the job passed again, and were known to be from then on. Fewer are not: what was inferred
    before later results came is taken back. Run again, nothing changes.
    """
    if not project.infer_regressions:
        return 0
    outcomes = push_outcomes.outcomes(session, project.name, since=since)
    found = [island for _, of_job in groupby(outcomes, key=lambda each: each.job_name_id)
             for island in islands(of_job)]
    changed = sum(_apply(session, island, project.infer_after, now) for island in found)
    logger.info("inferred the fixes of %d failed jobs of %s", changed, project.name)
    return changed


def infer_scope(session: Session, scope: str, *, now: datetime) -> int:
    """Infer for every project of a scope that wants it: over its window, or all of an archive."""
    found = projects.scope_named(session, scope)
    since = LONG_AGO if found.is_archived else now - timedelta(days=found.window_days)
    return sum(infer_regressions(session, project, since=since, now=now)
               for project in projects.projects(session, scope))


def _apply(session: Session, island: Island, infer_after: int, now: datetime) -> int:
    is_regression = len(island.failed) >= infer_after
    known = classifications.counted(session, island.jobs)
    fixed_by = (island.passed_again.revision[:REVISION_DIGITS],)
    if not is_regression:
        wrong = [job for job in island.jobs if _is_inferred_fix(known.get(job))]
        classifications.add_classifications(
            session, wrong, Classification.NOT_CLASSIFIED, (), at=now, who=None, is_inferred=True)
        return len(wrong)
    first = [job for job in island.jobs if job not in known]
    other = [job for job in island.jobs if _is_inferred_otherwise(known.get(job), fixed_by)]
    for jobs, at in ((first, _known_at(island)), (other, now)):
        classifications.add_classifications(
            session, jobs, Classification.FIXED_BY_COMMIT, fixed_by, at=at, who=None,
            is_inferred=True)
    return len(first) + len(other)


def _known_at(island: Island) -> datetime:
    """When it could first be inferred: a past moment before that must not see it."""
    return max(outcome.known_at for outcome in (*island.failed, island.passed_again))


def _is_inferred_fix(known: CountedClassification | None) -> bool:
    return (known is not None and known.is_inferred
            and known.classification == Classification.FIXED_BY_COMMIT)


def _is_inferred_otherwise(known: CountedClassification | None, fixed_by: tuple[str, ...]) -> bool:
    return (known is not None and known.is_inferred
            and not known.says(Classification.FIXED_BY_COMMIT, fixed_by))
