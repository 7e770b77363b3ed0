"""Audits of regressions as they are stored."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ...domain import VERDICTS, Audit, AuditCounts, LedgerEntry
from .. import schema
from .entries import Row as ScheduleRow, to_entry
from .outcomes import has_revision

Row, Look, Classified = schema.RegressionAudit, schema.AuditLook, schema.ClassificationRow

COLUMNS = ("project", "build_system", "fixed_by", "push_id", "revision", "pushed_at", "chance",
           "is_drawn", "drawn_at", "jobs", "taken_at", "done_at", "runs", "milliseconds")


@dataclass(frozen=True, slots=True)
class LookedAt:
    """How far the classifications of a scope were looked at; None: this is the first look."""

    newest: int | None
    first: int | None     # how far the first look saw
    seed: str


def lock_look(session: Session, scope: str, *, at: datetime) -> LookedAt:
    """Return how far was looked; nobody else draws for the scope until the transaction ends."""
    session.execute(insert(Look).values(
        scope=scope, seed=secrets.token_hex(16), looked_at=at).on_conflict_do_nothing())
    row = session.scalars(select(Look).where(Look.scope == scope).with_for_update()).one()
    return LookedAt(row.classification_id, row.first_id, row.seed)


def keep_look(session: Session, scope: str, newest: int, *, at: datetime) -> None:
    session.execute(update(Look).where(Look.scope == scope).values(
        classification_id=func.greatest(newest, Look.classification_id),
        first_id=func.coalesce(Look.first_id, newest), looked_at=at))


def named_until(session: Session, fixes: Collection[str], classification_id: int) -> set[str]:
    """Return those of these regressions that a classification up to this one named."""
    named = select(func.unnest(Classified.fixed_by).label("fixed_by")).where(
        Classified.id <= classification_id, Classified.fixed_by.overlap(list(fixes))).subquery()
    return set(session.scalars(select(named.c.fixed_by).distinct())) & set(fixes)


def drawn_before(session: Session, fixes: Collection[str]) -> set[str]:
    """Return those of these regressions that were drawn, or not, before."""
    return set(session.scalars(select(Row.fixed_by).where(Row.fixed_by.in_(fixes))))


def add_audit(session: Session, audit: Audit) -> None:
    values = {name: getattr(audit, name) for name in COLUMNS}
    session.add(Row(**values | {"jobs": list(audit.jobs)}))
    session.flush()


def open_audits(
    session: Session, project: str, build_system: str | None = None, *, since: datetime
) -> list[Audit]:
    """Return the drawn ones since then that are not fully observed yet, the oldest first."""
    query = select(Row).where(Row.project == project, Row.is_drawn, Row.done_at.is_(None),
                              Row.drawn_at >= since)
    if build_system is not None:
        query = query.where(Row.build_system == build_system)
    return [_stored(row) for row in session.scalars(query.order_by(Row.id))]


def mark_taken(session: Session, ids: Collection[int], *, at: datetime) -> None:
    session.execute(update(Row).where(Row.id.in_(ids)).values(taken_at=at))


def keep_results(
    session: Session, audit: Audit, seen: Collection[str], *, added_ms: Collection[int],
    at: datetime,
) -> bool:
    """Record that these jobs have results by now; return whether that was the last of them.

    What they took, each of those that no other audit counts, is the audit's cost, but only where a
    client has taken it: else somebody ran them for another reason.
    """
    left = [name for name in audit.jobs if name not in seen]
    values: dict[str, Any] = {"jobs": left, "done_at": None if left else at}
    if audit.taken_at is not None:
        values |= {"runs": audit.runs + len(added_ms),
                   "milliseconds": audit.milliseconds + sum(added_ms)}
    session.execute(update(Row).where(Row.id == audit.id).values(**values))
    return not left


def results_on(session: Session, audit: Audit) -> dict[str, int]:
    """Return how long each job took, in milliseconds, that passed or failed on an audit's push."""
    name, result = schema.JobName, schema.JobResult
    query = (
        select(name.name, func.coalesce(func.sum(result.duration_ms), 0))
        .join(result, result.job_name_id == name.id)
        .join(schema.Push, schema.Push.id == result.push)
        .where(schema.Push.project == audit.project, has_revision(audit.revision),
               name.project == audit.project, name.build_system == audit.build_system,
               result.result.in_(VERDICTS))
        .group_by(name.name))
    return {job: int(milliseconds or 0) for job, milliseconds in session.execute(query)}


def entries_of(
    session: Session, project: str, revision: str, *, since: datetime, until: datetime
) -> list[LedgerEntry]:
    """Return what the project's ledgers know of a push, by build system; pushed about that time."""
    query = select(ScheduleRow).where(
        ScheduleRow.project == project, ScheduleRow.pushed_at >= since,
        ScheduleRow.pushed_at <= until,
        func.starts_with(revision, ScheduleRow.revision)).order_by(ScheduleRow.build_system)
    found = {row.build_system: to_entry(row) for row in session.scalars(query)}
    return list(found.values())


def audited_chances(session: Session, projects: Collection[str]) -> dict[str, float]:
    """Return the regressions that are fully observed in every ledger that drew them."""
    query = select(Row.fixed_by, func.min(Row.chance)).where(
        Row.project.in_(projects), Row.is_drawn).group_by(Row.fixed_by).having(
        func.bool_and(Row.done_at.is_not(None)))
    return {fixed_by: chance for fixed_by, chance in session.execute(query)}


def count_audits(session: Session, *, since: datetime) -> dict[str, AuditCounts]:
    """Return what the audits that were drawn since then came to, by project."""
    query = (
        select(Row.project, func.count(), func.count(Row.done_at),
               func.coalesce(func.sum(func.cardinality(Row.jobs)), 0), func.sum(Row.runs),
               func.sum(Row.milliseconds))
        .where(Row.is_drawn, Row.drawn_at >= since).group_by(Row.project).order_by(Row.project))
    return {project: AuditCounts(*(int(count or 0) for count in counts))
            for project, *counts in session.execute(query)}


def _stored(row: schema.RegressionAudit) -> Audit:
    values = {name: getattr(row, name) for name in COLUMNS}
    return Audit(**values | {"jobs": tuple(row.jobs)}, id=row.id)
