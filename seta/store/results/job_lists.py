"""Job lists: which jobs could run, and when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Integer, SmallInteger, Text

from ...domain import ListedJob
from ...errors import BadInput
from .. import schema
from ..engine import row_count
from ..locks import lock_writers
from .job_names import NameIds
from .rollup import mark_days

List, Entry = schema.JobList, schema.JobListEntry
Tiers = dict[int, int]  # id of a name -> the tier that the list gives it

# A name that has results has the tier of the newest of them.
DESCRIBE = text("""
    UPDATE job_names AS known
    SET tier = listed.tier, group_symbol = listed.group_symbol, symbol = listed.symbol
    FROM (
        SELECT id, group_symbol, symbol, coalesce((
            SELECT job_results.tier FROM job_results WHERE job_name_id = list.id
            ORDER BY known_at DESC, namespace_id, job_id LIMIT 1), list.tier) AS tier
        FROM unnest(:ids, :tiers, :groups, :symbols) AS list (id, tier, group_symbol, symbol)
    ) AS listed
    WHERE known.id = listed.id AND (known.tier, known.group_symbol, known.symbol)
        IS DISTINCT FROM (listed.tier, listed.group_symbol, listed.symbol)
""").bindparams(
    bindparam("ids", type_=ARRAY(Integer)), bindparam("tiers", type_=ARRAY(SmallInteger)),
    bindparam("groups", type_=ARRAY(Text)), bindparam("symbols", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class RecordedList:
    names: int        # how many different ones the list has
    is_new: bool      # it differs from what was known


def record_job_list(
    session: Session, project: str, build_system: str, seen_at: datetime,
    entries: Collection[ListedJob], *, names: NameIds | None = None,
) -> RecordedList:
    """Store what could run on a project at `seen_at`, beside other lists, in any order.

    Entries are added to those of the same time, so that a list may come in parts. A list that
    equals the newest before it only moves that one's `last_seen_at`. Raises BadInput for an empty
    list, which would retire every job, and UnknownProject.
    """
    if not entries:
        raise BadInput(f"the job list of {project} ({build_system}) is empty")
    lock_writers(session)
    names = names or NameIds()
    ids = names.resolve(session, entries)
    jobs = {ids[entry.project, entry.build_system, entry.name]: entry for entry in entries}
    tiers = {name_id: entry.tier for name_id, entry in jobs.items()}
    is_new = _put(session, project, build_system, seen_at, tiers)
    if seen_at >= _newest(session, project, build_system):
        _describe(session, jobs)
    return RecordedList(len(jobs), is_new)


def _put(
    session: Session, project: str, build_system: str, seen_at: datetime, tiers: Tiers
) -> bool:
    """Store a list or a part of it; return whether it differs from what was known."""
    known = _list_at(session, project, build_system, seen_at)
    if known is not None:
        return _add_entries(session, known, tiers)
    before = _list_before(session, project, build_system, seen_at)
    if before is not None:
        listed = _entries(session, before)
        if before.last_seen_at == seen_at:
            tiers = listed | tiers  # a part that was all of the list before came first
        if tiers == listed:
            _see_again(session, before, seen_at, tiers)
            return False
        _cut(session, before, listed, seen_at)
    _add_list(session, project, build_system, seen_at, tiers)
    return True


def _list_at(
    session: Session, project: str, build_system: str, at: datetime
) -> schema.JobList | None:
    return session.scalars(select(List).where(
        List.project == project, List.build_system == build_system, List.seen_at == at,
    ).execution_options(populate_existing=True)).one_or_none()


def _list_before(
    session: Session, project: str, build_system: str, at: datetime
) -> schema.JobList | None:
    return session.scalars(
        select(List)
        .where(List.project == project, List.build_system == build_system, List.seen_at < at)
        .order_by(List.seen_at.desc()).limit(1)
        .execution_options(populate_existing=True)).one_or_none()


def _newest(session: Session, project: str, build_system: str) -> datetime:
    return session.scalars(select(func.max(List.last_seen_at)).where(
        List.project == project, List.build_system == build_system)).one()


def _entries(session: Session, job_list: schema.JobList) -> Tiers:
    found = session.execute(
        select(Entry.job_name_id, Entry.tier).where(Entry.job_list_id == job_list.id))
    return {name_id: tier for name_id, tier in found}


def _add_list(
    session: Session, project: str, build_system: str, seen_at: datetime, tiers: Tiers,
    last_seen_at: datetime | None = None,
) -> None:
    job_list = List(project=project, build_system=build_system, seen_at=seen_at,
                    last_seen_at=last_seen_at or seen_at)
    session.add(job_list)
    session.flush()
    _add_entries(session, job_list, tiers)


def _add_entries(session: Session, job_list: schema.JobList, tiers: Tiers) -> bool:
    known = _entries(session, job_list)
    new = {name_id: tier for name_id, tier in tiers.items() if known.get(name_id) != tier}
    if not new:
        return False
    statement = insert(Entry)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["job_list_id", "job_name_id"],
            set_={"tier": statement.excluded.tier}),
        [{"job_list_id": job_list.id, "job_name_id": name_id, "tier": new[name_id]}
         for name_id in sorted(new)])
    mark_days(session, new, days_between(job_list.seen_at, job_list.last_seen_at))
    return True


def _see_again(
    session: Session, job_list: schema.JobList, at: datetime, name_ids: Collection[int]
) -> None:
    if at <= job_list.last_seen_at:
        return
    mark_days(session, name_ids, days_between(job_list.last_seen_at, at)[1:])
    session.execute(update(List).where(List.id == job_list.id).values(last_seen_at=at))


def _cut(session: Session, before: schema.JobList, listed: Tiers, at: datetime) -> None:
    """Split `before` in two: another list came between the times at which it was seen."""
    last_seen_at = before.last_seen_at
    if last_seen_at < at:
        return
    mark_days(session, listed, days_between(before.seen_at, last_seen_at))
    session.execute(
        update(List).where(List.id == before.id).values(last_seen_at=before.seen_at))
    if last_seen_at > at:
        _add_list(session, before.project, before.build_system, last_seen_at, listed)


def _describe(session: Session, jobs: dict[int, ListedJob]) -> None:
    """Give names the tier and symbols of the newest list."""
    session.execute(DESCRIBE, {
        "ids": list(jobs), "tiers": [entry.tier for entry in jobs.values()],
        "groups": [entry.group_symbol for entry in jobs.values()],
        "symbols": [entry.symbol for entry in jobs.values()]})


def days_between(first: datetime, last: datetime) -> list[date]:
    """Return the UTC days from one time to another, both included.

    >>> [str(day) for day in days_between(datetime(2026, 3, 1, 23, tzinfo=UTC),
    ...                                   datetime(2026, 3, 2, 1, tzinfo=UTC))]
    ['2026-03-01', '2026-03-02']
    """
    start, end = first.astimezone(UTC).date(), last.astimezone(UTC).date()
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]


def forget_old_lists(session: Session, project: str, before: datetime) -> int:
    """Remove lists last seen before a time, but never the newest of a build system."""
    newer = List.__table__.alias("newer")
    return row_count(session, delete(List).where(
        List.project == project, List.last_seen_at < before,
        select(newer.c.id).where(
            newer.c.project == List.project, newer.c.build_system == List.build_system,
            newer.c.seen_at > List.seen_at).correlate(List).exists(),
    ))
