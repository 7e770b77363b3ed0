"""How failed jobs are classified: which classification counts, and what sources report.

Nothing is changed or removed: what is new is added.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from ...domain import Classification, JobResult
from ...domain.limits import REVISION_DIGITS
from .. import schema
from .pushes import complete_revision

Row = schema.ClassificationRow

Job = tuple[str, str]  # namespace, job id

# The inner query is kept from being merged with the outer one, or the planner may read all.
KNOWN = text("""
    SELECT reported.namespace, reported.job_id, reported.classification, reported.fixed_by,
        reported.unparsed, reported.classified_at
    FROM incoming_results AS job
    CROSS JOIN LATERAL (
        SELECT * FROM classifications
        WHERE namespace = job.namespace AND job_id = job.job_id
            AND who IS NULL AND NOT is_inferred
        OFFSET 0
    ) AS reported
    WHERE job.is_classified
    ORDER BY reported.classified_at, reported.id
""")


def counted_classification(
    namespace: ColumnElement[str], job_id: ColumnElement[str]
) -> Select[schema.ClassificationRow]:
    """Select the classification of a job that counts now."""
    return (
        select(Row).where(Row.namespace == namespace, Row.job_id == job_id)
        .order_by(*(column.desc() for column in _rank(Row))).limit(1))


def is_outranked(known_by: datetime) -> ColumnElement[bool]:
    """Say in SQL whether another classification of the job counts of those made by then."""
    other = aliased(Row)
    return exists().where(
        other.namespace == Row.namespace, other.job_id == Row.job_id,
        other.classified_at <= known_by, tuple_(*_rank(other)) > tuple_(*_rank(Row)))


def _rank(row: Any) -> tuple[ColumnElement[Any], ...]:
    """The rule: of a job's classifications the one with the highest rank counts.

    An inferred one counts only where there is no other. Then the newest counts, whatever it
    says; of two with the same time, the one stored last.
    """
    return ~row.is_inferred, row.classified_at, row.id


@dataclass(frozen=True, slots=True)
class SourceClassification:
    """How a source classified a job, and when; `at` is None where it gave no time."""

    classification: str
    fixed_by: tuple[str, ...]
    unparsed: int
    at: datetime | None

    def says_the_same(self, other: "SourceClassification") -> bool:
        return ((self.classification, self.fixed_by, self.unparsed)
                == (other.classification, other.fixed_by, other.unparsed))

    @property
    def says_nothing(self) -> bool:
        return self.classification == Classification.NOT_CLASSIFIED


def new_classification_time(
    known: Sequence[SourceClassification], reported: SourceClassification, pushed_at: datetime
) -> datetime | None:
    """Return the time from which a new classification counts; None if a source repeats itself.

    A repeat must not outrank what a person decided in between. `known` holds what sources
    reported before, in order of time. With a time, a report is compared with what was known
    then; an older one that arrives late is kept but changes nothing. Without a time, it counts
    from the push, but never before the one it replaces. "Not classified" is not new where the
    job never was classified.
    """
    # A source that reports intermittent, fixed by commit and intermittent again must not have
    # the one in the middle arrive last. If it does, the next report corrects it.
    before = [(each.at, each) for each in known
              if each.at is not None and (reported.at is None or each.at <= reported.at)]
    if not before:
        return None if reported.says_nothing else reported.at or pushed_at
    newest_at, newest = before[-1]
    is_known = any(at == reported.at and each.says_the_same(reported) for at, each in before)
    if is_known or newest.says_the_same(reported):
        return None
    return max(pushed_at, newest_at) if reported.at is None else reported.at


def known_classifications(session: Session) -> dict[Job, list[SourceClassification]]:
    """Return what sources reported before on the jobs in `incoming_results`, in order of time."""
    known = defaultdict(list)
    for namespace, job_id, classification, fixed_by, unparsed, at in session.execute(KNOWN):
        known[namespace, job_id].append(
            SourceClassification(classification, tuple(fixed_by), unparsed, at))
    return known


def store_classifications(
    session: Session, results: Iterable[JobResult],
    known: Mapping[Job, Sequence[SourceClassification]],
) -> int:
    """Add the new classifications of these jobs, which are stored; return how many there are.

    A job may come several times, in order. The caller holds the lock.
    """
    so_far = {job: list(words) for job, words in known.items()}
    completed: dict[tuple[str, str], str | None] = {}
    rows = []
    for result in results:
        before = so_far.get((result.namespace, result.job_id))
        if before is None:
            if result.classification is Classification.NOT_CLASSIFIED:
                continue
            before = so_far[result.namespace, result.job_id] = []
        reported = _to_classification(session, result, completed)
        at = new_classification_time(before, reported, result.pushed_at)
        if at is not None:
            rows.append(_to_row(result, reported, at))
            before.append(replace(reported, at=at))
            before.sort(key=attrgetter("at"))
    if rows:
        session.execute(insert(schema.ClassificationRow), rows)
    return len(rows)


def _to_classification(
    session: Session, result: JobResult, completed: dict[tuple[str, str], str | None]
) -> SourceClassification:
    found = set()
    unparsed = 0
    for digits in result.fixed_by:
        key = result.project, digits.lower()
        if len(digits) >= REVISION_DIGITS:
            found.add(key[1][:REVISION_DIGITS])
            continue
        if key not in completed:
            completed[key] = complete_revision(session, *key)
        whole = completed[key]
        if whole is None:
            unparsed += 1
        else:
            found.add(whole)
    return SourceClassification(
        str(result.classification), tuple(sorted(found)), unparsed, result.classified_at)


def _to_row(result: JobResult, reported: SourceClassification, at: datetime) -> dict[str, Any]:
    return {
        "namespace": result.namespace, "job_id": result.job_id,
        "classification": reported.classification, "fixed_by": list(reported.fixed_by),
        "unparsed": reported.unparsed, "classified_at": at, "is_assumed": reported.at is None,
        "is_inferred": False,
    }
