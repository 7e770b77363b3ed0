"""What was known of a scope at many moments, read once: columns of numbers for whole periods.

Where there are many rows, times are microseconds since 1970, UTC, and days are counted from there;
a time that is missing is `NEVER`. `proof` finds in them what each moment knew.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, extract, func, literal_column, select
from sqlalchemy.orm import Session

from ...domain import FAILING, Classification, JobType
from .. import schema
from ..results.classifications import outranked_at
from ..results.job_names import as_job_type
from .alive import SELF_SCHEDULED_TIER, newest_tier
from .days import names_of_scope, results_of_last_day
from .window import EvidenceWindow

Classified, Day, Entry, List, Name, Push, Result, Type = (
    schema.ClassificationRow, schema.JobDay, schema.JobListEntry, schema.JobList, schema.JobName,
    schema.Push, schema.JobResult, schema.JobType)

AT_ONCE = 50_000
NEVER = 2 ** 63 - 1
EPOCH_DAY: ColumnElement[date] = literal_column("date '1970-01-01'")


@dataclass(frozen=True, slots=True)
class KnownName:
    """A job's name, with what is the same of it at all times."""

    id: int
    project: str
    build_system: str
    name: str
    job_type_id: int | None
    job_type: JobType | None
    is_build: bool


@dataclass(frozen=True, slots=True)
class ReadList:
    """A job list; its entries are read apart."""

    id: int
    project: str
    build_system: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ReadStar:
    """A failed run that was once tied to its fix, and from when until when that counted."""

    fixed_by: tuple[str, ...]
    is_inferred: bool
    project: str
    pushed_at: datetime
    known_at: datetime            # the result
    classified_at: datetime
    outranked_at: datetime | None  # another classification of the job counts from then on
    job_type_id: int
    job_type: JobType


def names_of_all_times(session: Session, scope: str) -> list[KnownName]:
    """Return every name of the scope's projects, by project, build system and name."""
    query = (
        select(Name.id, Name.project, Name.build_system, Name.name, Name.job_type_id, Type,
               Name.is_build)
        .join(schema.Project, schema.Project.name == Name.project)
        .outerjoin(Type, Type.id == Name.job_type_id)
        .where(schema.Project.scope == scope)
        .order_by(Name.project, Name.build_system, Name.name))
    return [
        KnownName(row.id, row.project, row.build_system, row.name, row.job_type_id,
                  as_job_type(row.JobType), row.is_build)
        for row in session.execute(query)]


def lists_until(session: Session, scope: str, until: datetime) -> list[ReadList]:
    """Return the job lists that were there by then, by project, build system and time."""
    query = (
        select(List.id, List.project, List.build_system, List.seen_at)
        .join(schema.Project, schema.Project.name == List.project)
        .where(schema.Project.scope == scope, List.seen_at <= until)
        .order_by(List.project, List.build_system, List.seen_at))
    return [ReadList(*row) for row in session.execute(query)]


def entries_of(
    session: Session, list_ids: Collection[int]
) -> Iterator[tuple[int, int, int]]:
    """Yield the id of the list, the id of the name and the tier of each entry, list by list."""
    query = select(Entry.job_list_id, Entry.job_name_id, Entry.tier).where(
        Entry.job_list_id.in_(list_ids)).order_by(Entry.job_list_id, Entry.job_name_id)
    yield from _streamed(session, query)


def day_rows(session: Session, scope: str, until: datetime) -> Iterator[tuple[Any, ...]]:
    """Yield the rollup of the days that had begun by then, by name and day.

    Name id, day, runs, failures, timed runs, milliseconds; then the times of the first and the
    last result, and of the first list. The rollup must be up to date.
    """
    yield from _streamed(session, (
        select(Day.job_name_id, Day.day - EPOCH_DAY, Day.runs, Day.failures, Day.timed_runs,
               Day.milliseconds, _micros(Day.first_at), _micros(Day.last_at),
               _micros(Day.listed_at))
        .where(Day.job_name_id.in_(names_of_scope(scope)), Day.day <= until.date())
        .order_by(Day.job_name_id, Day.day)))


def rows_of_last_day(session: Session, window: EvidenceWindow) -> Iterator[tuple[Any, ...]]:
    """Yield what was known of each name's results of the window's last day.

    Name id, runs, failures, timed runs, milliseconds, times of the first and the last result.
    """
    part = results_of_last_day(window, names_of_scope(window.scope)).subquery("part")
    name_id, _, runs, failures, timed, milliseconds, first_at, last_at, _ = part.c
    yield from _streamed(session, select(
        name_id, runs, failures, timed, cast(milliseconds, BigInteger), _micros(first_at),
        _micros(last_at)))


def newest_tiers(session: Session, window: EvidenceWindow) -> Iterator[tuple[int, int]]:
    """Yield the id of each name that had a result by then, and the tier of the newest."""
    tiers = (
        select(Name.id, newest_tier(window).label("tier"))
        .join(schema.Project, schema.Project.name == Name.project)
        .where(schema.Project.scope == window.scope).subquery("tiers"))
    yield from _streamed(
        session, select(tiers.c.id, tiers.c.tier).where(tiers.c.tier.is_not(None)))


def stars_of_period(
    session: Session, scope: str, *, since: datetime, until: datetime
) -> Iterator[ReadStar]:
    """Yield all that ever counted as a witness on pushes from `since` until before `until`.

    One query. What nobody knew by `until` is left out, and so are names that could not be parsed
    and tier 3.
    """
    query = (
        select(Classified.fixed_by, Classified.is_inferred, Push.project, Push.pushed_at,
               Result.known_at, Classified.classified_at, outranked_at().label("outranked_at"),
               Name.job_type_id, Type)
        .join(Result, (Result.namespace_id == Classified.namespace_id)
              & (Result.job_id == Classified.job_id))
        .join(Push, Push.id == Result.push)
        .join(Name, Name.id == Result.job_name_id)
        .join(Type, Type.id == Name.job_type_id)
        .join(schema.Project, schema.Project.name == Push.project)
        .where(
            Classified.classification == Classification.FIXED_BY_COMMIT,
            Classified.classified_at <= until, schema.Project.scope == scope,
            Push.pushed_at >= since, Push.pushed_at < until, Result.known_at <= until,
            Result.result.in_(FAILING), Result.tier < SELF_SCHEDULED_TIER))
    for row in _streamed(session, query):
        yield ReadStar(
            tuple(row.fixed_by), row.is_inferred, row.project, row.pushed_at, row.known_at,
            row.classified_at, row.outranked_at, row.job_type_id, as_job_type(row.JobType))


def _streamed(session: Session, query: Any) -> Iterator[Any]:
    yield from session.execute(query.execution_options(yield_per=AT_ONCE))


def _micros(at: Any) -> ColumnElement[int]:
    return func.coalesce(cast(extract("epoch", at) * 1_000_000, BigInteger),
                         literal_column(str(NEVER)))
