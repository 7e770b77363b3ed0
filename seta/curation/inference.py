"""Regressions where nobody classifies: a job that passed, failed for a while and passed again.

An inferred classification is marked. Any decision by a person or a source outranks it.
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
class FailureStreak:
    """Consecutive pushes on which a job failed, between two on which it passed."""

    failed: tuple[PushOutcome, ...]
    passed_again: PushOutcome

    @property
    def jobs(self) -> tuple[JobKey, ...]:
        return tuple(key for outcome in self.failed for key in outcome.failed)


def failure_streaks(outcomes: Iterable[PushOutcome]) -> Iterator[FailureStreak]:
    """Yield the streaks of one job, given its outcomes in the order of pushes."""
    failed: list[PushOutcome] | None = None  # None: it has not passed yet
    for outcome in outcomes:
        if not outcome.passed:
            if failed is not None:
                failed.append(outcome)
            continue
        if failed:
            yield FailureStreak(tuple(failed), outcome)
        failed = []


def infer_regressions(
    session: Session, project: Project, *, since: datetime, now: datetime
) -> int:
    """Infer the fixes of failures on pushes since then; return how many jobs change.

    Failures on `project.infer_after` consecutive pushes or more were fixed by the push on which the
    job passed again, known from then on. Fewer are not a regression: if one was inferred before
    later results came, it is withdrawn. A second run changes nothing.
    """
    if not project.infer_regressions:
        return 0
    outcomes = push_outcomes.outcomes(session, project.name, since=since)
    found = [streak for _, of_job in groupby(outcomes, key=lambda each: each.job_name_id)
             for streak in failure_streaks(of_job)]
    changed = sum(_apply(session, streak, project.infer_after, now) for streak in found)
    logger.info("%s: failed jobs whose inferred fix changed: %d", project.name, changed)
    return changed


def infer_scope(session: Session, scope: str, *, now: datetime) -> int:
    """Infer for each project of a scope that asks for it: in the window, or all of an archive."""
    found = projects.scope_named(session, scope)
    since = LONG_AGO if found.is_archived else now - timedelta(days=found.window_days)
    return sum(infer_regressions(session, project, since=since, now=now)
               for project in projects.projects(session, scope))


@dataclass(frozen=True, slots=True)
class InferencePreview:
    """What inference finds in the results so far, before the next analysis counts it."""

    regressions: int     # by infer_after
    of_one_failure: int  # of these, how many rest on failures on a single push
    infer_after: int

    @property
    def is_mostly_chance(self) -> bool:
        """Whether single failures, which may be intermittent, make most of them."""
        return 2 * self.of_one_failure > self.regressions


def preview_inference(session: Session, project: Project, *, now: datetime) -> InferencePreview:
    """Count the regressions that inference makes on a project in its scope's window."""
    scope = projects.scope_named(session, project.scope)
    since = LONG_AGO if scope.is_archived else now - timedelta(days=scope.window_days)
    outcomes = push_outcomes.outcomes(session, project.name, since=since)
    longest: dict[str, int] = {}
    for _, of_job in groupby(outcomes, key=lambda each: each.job_name_id):
        for streak in failure_streaks(of_job):
            if len(streak.failed) >= project.infer_after:
                fix = streak.passed_again.revision[:REVISION_DIGITS]
                longest[fix] = max(longest.get(fix, 0), len(streak.failed))
    return InferencePreview(len(longest), sum(each == 1 for each in longest.values()),
                            project.infer_after)


def _apply(session: Session, streak: FailureStreak, infer_after: int, now: datetime) -> int:
    is_regression = len(streak.failed) >= infer_after
    known = classifications.counted_classifications(session, streak.jobs)
    fixed_by = (streak.passed_again.revision[:REVISION_DIGITS],)
    if not is_regression:
        wrong = [job for job in streak.jobs if _has_inferred_fix(known.get(job))]
        classifications.add_classifications(
            session, wrong, Classification.NOT_CLASSIFIED, (), at=now, who=None, is_inferred=True)
        return len(wrong)
    first = [job for job in streak.jobs if job not in known]
    other = [job for job in streak.jobs if _is_inferred_differently(known.get(job), fixed_by)]
    for jobs, at in ((first, _known_at(streak)), (other, now)):
        classifications.add_classifications(
            session, jobs, Classification.FIXED_BY_COMMIT, fixed_by, at=at, who=None,
            is_inferred=True)
    return len(first) + len(other)


def _known_at(streak: FailureStreak) -> datetime:
    """Return when it could first be inferred: an analysis as of an earlier moment ignores it."""
    return max(outcome.known_at for outcome in (*streak.failed, streak.passed_again))


def _has_inferred_fix(known: CountedClassification | None) -> bool:
    return (known is not None and known.is_inferred
            and known.classification == Classification.FIXED_BY_COMMIT)


def _is_inferred_differently(
    known: CountedClassification | None, fixed_by: tuple[str, ...]
) -> bool:
    return (known is not None and known.is_inferred
            and not known.says(Classification.FIXED_BY_COMMIT, fixed_by))
