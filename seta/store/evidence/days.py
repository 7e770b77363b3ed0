"""What each job name did, day by day, as it was known at a moment."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE, ColumnElement, DateTime, Select, cast, func, literal, null, select, union_all,
)
from sqlalchemy.orm import Session

from ...domain import FAILING
from .. import schema
from .window import EvidenceWindow

Day = schema.JobDay


def names_of_scope(scope: str) -> Select[int]:
    """Select the ids of the job names of a scope's projects."""
    return (select(schema.JobName.id)
            .join(schema.Project, schema.Project.name == schema.JobName.project)
            .where(schema.Project.scope == scope))


def days_until(window: EvidenceWindow) -> CTE:
    """Return the rollup's whole days, and what of the last day was known by then.

    Columns: job_name_id, day, runs, failures, timed_runs, milliseconds, first_at, last_at,
    listed_at.
    """
    names = names_of_scope(window.scope)
    whole = select(
        Day.job_name_id, Day.day, Day.runs, Day.failures, Day.timed_runs, Day.milliseconds,
        Day.first_at, Day.last_at, Day.listed_at,
    ).where(Day.day < window.last_day, Day.job_name_id.in_(names))
    last_day = results_of_last_day(window, names), _lists_of_last_day(window, names)
    return union_all(whole, *last_day).cte("days")


def counted_runs() -> tuple[ColumnElement[int], ...]:
    """The rollup's numbers of a group of results, in its order."""
    result = schema.JobResult
    return (
        func.count(),
        func.count().filter(result.result.in_(FAILING)),
        func.count(result.duration_ms),
        func.coalesce(func.sum(result.duration_ms), 0),
    )


def results_of_last_day(window: EvidenceWindow, names: Select[int]) -> Select[*tuple[Any, ...]]:
    """Count name by name along the index: one query of all results of a day may read the table."""
    result = schema.JobResult
    name = names.subquery("name")
    ran = select(
        *counted_runs(), func.min(result.known_at).label("first_at"), func.max(result.known_at),
    ).where(
        result.job_name_id == name.c.id, result.known_at >= window.last_midnight,
        result.known_at <= window.known_by,
    ).lateral("ran")
    return select(name.c.id, literal(window.last_day).label("day"), *ran.c, _no_time()).join(
        ran, ran.c.first_at.is_not(None))


def _lists_of_last_day(window: EvidenceWindow, names: Select[int]) -> Select[*tuple[Any, ...]]:
    nothing = literal(0)
    return select(
        Day.job_name_id, Day.day, nothing, nothing, nothing, nothing, _no_time(), _no_time(),
        Day.listed_at,
    ).where(Day.day == window.last_day, Day.listed_at <= window.known_by,
            Day.job_name_id.in_(names))


def _no_time() -> ColumnElement[datetime | None]:
    return cast(null(), DateTime(timezone=True))


def count_job_types_run(session: Session, window: EvidenceWindow, *, within: timedelta) -> int:
    """Return how many job types of the scope had a run in this time before the last day."""
    name = schema.JobName
    query = (
        select(func.count(name.job_type_id.distinct()))
        .join(Day, Day.job_name_id == name.id)
        .where(name.id.in_(names_of_scope(window.scope)), Day.runs > 0,
               Day.day >= (window.last_midnight - within).date(), Day.day < window.last_day))
    return session.scalar(query) or 0
