"""How failed jobs are classified: which classification counts, and what sources report.

No classification is changed or removed: what is new is added.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement, ScalarSelect, Select, bindparam, exists, func, select, text, tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.types import BigInteger, DateTime

from ...domain import TREEHERDER, Classification, JobResult
from ...domain.limits import REVISION_DIGITS
from .. import schema
from .namespaces import namespace_id
from .news import Asked, SourceClassification, new_classification_time, time_of_news
from .pushes import complete_revision

Row = schema.ClassificationRow

Job = tuple[str, str]  # namespace, job id

# The inner query is kept from being merged with the outer one, or the planner may read all.
KNOWN = text("""
    SELECT namespaces.name, reported.job_id, reported.classification, reported.fixed_by,
        reported.unparsed, reported.classified_at, reported.modified_at, reported.id
    FROM incoming_results AS job
    CROSS JOIN LATERAL (
        SELECT * FROM classifications
        WHERE namespace_id = job.namespace_id AND job_id = job.job_id
            AND who IS NULL AND NOT is_inferred
        OFFSET 0
    ) AS reported
    JOIN namespaces ON namespaces.id = reported.namespace_id
    WHERE job.is_classified
    ORDER BY reported.classified_at, reported.id
""")


def counted_classification(
    namespace_id: ColumnElement[int] | InstrumentedAttribute[int],
    job_id: ColumnElement[str] | InstrumentedAttribute[str],
) -> Select[schema.ClassificationRow]:
    """Select the classification of a job that counts now."""
    return (
        select(Row).where(Row.namespace_id == namespace_id, Row.job_id == job_id)
        .order_by(*(column.desc() for column in _rank(Row))).limit(1))


def is_outranked(known_by: datetime) -> ColumnElement[bool]:
    """Say in SQL whether another classification of the job counts of those made by then."""
    other = aliased(Row)
    return exists().where(
        other.namespace_id == Row.namespace_id, other.job_id == Row.job_id,
        other.classified_at <= known_by, tuple_(*_rank(other)) > tuple_(*_rank(Row)))


def outranked_at() -> ScalarSelect[datetime]:
    """Select when another classification of the job came to count instead; NULL: none did."""
    other = aliased(Row)
    return select(func.min(other.classified_at)).where(
        other.namespace_id == Row.namespace_id, other.job_id == Row.job_id,
        tuple_(*_rank(other)) > tuple_(*_rank(Row))).scalar_subquery()


def _rank(row: Any) -> tuple[ColumnElement[Any], ...]:
    """The rule: of a job's classifications the one with the highest rank counts.

    An inferred one counts only where there is no other. Then the newest counts, whatever it
    says; of two with the same time, the one stored last.
    """
    return ~row.is_inferred, row.classified_at, row.id


MOVE_CHANGE = text("""
    UPDATE classifications AS known SET modified_at = reported.modified_at
    FROM unnest(:ids, :times) AS reported (id, modified_at) WHERE known.id = reported.id
""").bindparams(bindparam("ids", type_=ARRAY(BigInteger)),
                bindparam("times", type_=ARRAY(DateTime(timezone=True))))


def known_fixes(session: Session, job_ids: Collection[str]) -> dict[str, datetime]:
    """Return which of these jobs of Treeherder's its newest report calls fixed by a commit.

    Each with the job's last change at that report. One without, or whose note names a revision
    that no known push has, is left out: its notes are worth another look.
    """
    newest = _newest_reports().where(Row.job_id.in_(job_ids))
    return {job_id: modified_at
            for job_id, classification, unparsed, modified_at in session.execute(newest)
            if classification == Classification.FIXED_BY_COMMIT and not unparsed
            and modified_at is not None}


def fixed_jobs(session: Session, project: str, *, since: datetime) -> list[str]:
    """Return the ids of Treeherder's jobs on pushes since then that it says are fixed, in order."""
    newest = (
        _newest_reports()
        .join(schema.JobResult, (schema.JobResult.namespace_id == Row.namespace_id)
              & (schema.JobResult.job_id == Row.job_id))
        .join(schema.Push, schema.Push.id == schema.JobResult.push)
        .where(schema.Push.project == project, schema.Push.pushed_at >= since))
    return sorted((job_id for job_id, classification, *_ in session.execute(newest)
                   if classification == Classification.FIXED_BY_COMMIT),
                  key=lambda job_id: (len(job_id), job_id))


def _newest_reports() -> Select[str, str, int, datetime | None]:
    """Select how Treeherder classified each of its jobs last: neither a person nor inference."""
    return (
        select(Row.job_id, Row.classification, Row.unparsed, Row.modified_at)
        .ext(distinct_on(Row.job_id))
        .where(Row.namespace_id == namespace_id(TREEHERDER), Row.who.is_(None), ~Row.is_inferred)
        .order_by(Row.job_id, Row.classified_at.desc(), Row.id.desc()))


def known_classifications(session: Session) -> dict[Job, list[SourceClassification]]:
    """Return what sources reported before on the jobs in `incoming_results`, in order of time."""
    known = defaultdict(list)
    for namespace, job_id, classification, fixed_by, *others in session.execute(KNOWN):
        known[namespace, job_id].append(
            SourceClassification(classification, tuple(fixed_by), *others))
    return known


def store_classifications(
    session: Session, results: Iterable[JobResult],
    known: Mapping[Job, Sequence[SourceClassification]], namespaces: Mapping[str, int],
    asked: Asked | None = None,
) -> int:
    """Add the new classifications of these jobs, which are stored; return how many there are.

    A job may come several times, in order. The caller holds the lock. With `asked`, they are
    the present state of the jobs; see `time_of_news`.
    """
    so_far = {job: list(words) for job, words in known.items()}
    completed: dict[tuple[str, str], str | None] = {}
    rows = []
    moved: dict[int, datetime] = {}  # reports that still hold after a later change of the job
    for result in results:
        before = so_far.get((result.namespace, result.job_id))
        if before is None:
            if result.classification is Classification.NOT_CLASSIFIED:
                continue
            before = so_far[result.namespace, result.job_id] = []
        reported = _to_classification(session, result, completed)
        if asked is None:
            at = new_classification_time(before, reported, result.pushed_at)
        else:
            at = time_of_news(before, reported, asked)
            if at is None and before:
                before[-1] = _moved(before[-1], reported, moved)
        if at is not None:
            rows.append(_to_row(result, reported, at, namespaces[result.namespace]))
            before.append(replace(reported, at=at))
            before.sort(key=attrgetter("at"))
    if rows:
        session.execute(insert(schema.ClassificationRow), rows)
    if moved:
        session.execute(MOVE_CHANGE, {"ids": list(moved), "times": list(moved.values())})
    return len(rows)


def _moved(
    newest: SourceClassification, reported: SourceClassification, moved: dict[int, datetime]
) -> SourceClassification:
    """Note that a report still holds after a later change of the job."""
    change = reported.modified_at
    if change is None or not newest.says_the_same(reported) or (
            newest.modified_at is not None and change <= newest.modified_at):
        return newest
    if newest.id is not None:
        moved[newest.id] = change
    return replace(newest, modified_at=change)


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
        str(result.classification), tuple(sorted(found)), unparsed, result.classified_at,
        result.modified_at)


def _to_row(
    result: JobResult, reported: SourceClassification, at: datetime, namespace_id: int
) -> dict[str, Any]:
    return {
        "namespace_id": namespace_id, "job_id": result.job_id,
        "classification": reported.classification, "fixed_by": list(reported.fixed_by),
        "unparsed": reported.unparsed, "classified_at": at, "is_assumed": reported.at is None,
        "is_inferred": False, "modified_at": reported.modified_at,
    }
