"""What failed jobs are classified as: which classification counts, and what sources report.

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
    SELECT said.namespace, said.job_id, said.classification, said.fixed_by, said.unparsed,
        said.classified_at
    FROM incoming_results AS job
    CROSS JOIN LATERAL (
        SELECT * FROM classifications
        WHERE namespace = job.namespace AND job_id = job.job_id
            AND who IS NULL AND NOT is_inferred
        OFFSET 0
    ) AS said
    WHERE job.is_classified
    ORDER BY said.classified_at, said.id
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

    What was inferred counts only where nobody said anything; then the newest, whatever it says;
    of one moment, the one that was stored last.
    """
    return ~row.is_inferred, row.classified_at, row.id


@dataclass(frozen=True, slots=True)
class SourceClassification:
    """What a source said of a job, and when; `at` is None where that is not told."""

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


def time_of_news(
    known: Sequence[SourceClassification], said: SourceClassification, pushed_at: datetime
) -> datetime | None:
    """Return the time at which something new was said, None if it is nothing new.

    `known` is what sources said before, in order of time; a source that repeats itself says
    nothing new, or it would outdo what a person said meanwhile. What is told with a time is
    compared with what was known at that time: an older word that comes later is kept and takes
    nothing away. What is told without a time is so now: it counts from the push on, and never
    from before what it replaces. That a job is not classified is no news where nobody had said
    otherwise. (Of three words in which the third repeats the first, the second must not come
    last: the job is then right again when it is next reported.)
    """
    before = [(each.at, each) for each in known
              if each.at is not None and (said.at is None or each.at <= said.at)]
    if not before:
        return None if said.says_nothing else said.at or pushed_at
    newest_at, newest = before[-1]
    is_known = any(at == said.at and each.says_the_same(said) for at, each in before)
    if is_known or newest.says_the_same(said):
        return None
    return max(pushed_at, newest_at) if said.at is None else said.at


def known_classifications(session: Session) -> dict[Job, list[SourceClassification]]:
    """Return what sources said before of the jobs in `incoming_results`, in order of time."""
    known = defaultdict(list)
    for namespace, job_id, classification, fixed_by, unparsed, at in session.execute(KNOWN):
        known[namespace, job_id].append(
            SourceClassification(classification, tuple(fixed_by), unparsed, at))
    return known


def store_classifications(
    session: Session, results: Iterable[JobResult],
    known: Mapping[Job, Sequence[SourceClassification]],
) -> int:
    """Add what is new in what is said of these jobs, which are stored; return how many are.

    A job may be spoken of several times, in order. The caller holds the lock.
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
        said = _to_classification(session, result, completed)
        at = time_of_news(before, said, result.pushed_at)
        if at is not None:
            rows.append(_to_row(result, said, at))
            before.append(replace(said, at=at))
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


def _to_row(result: JobResult, said: SourceClassification, at: datetime) -> dict[str, Any]:
    return {
        "namespace": result.namespace, "job_id": result.job_id,
        "classification": said.classification, "fixed_by": list(said.fixed_by),
        "unparsed": said.unparsed, "classified_at": at, "is_assumed": said.at is None,
        "is_inferred": False,
    }
