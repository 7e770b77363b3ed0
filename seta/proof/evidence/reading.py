"""Read the evidence of a scope from the database, for all moments at once."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from ...config import Settings
from ...domain import JobType, Scope
from ...store.curation.overrides import overrides
from ...store.curation.renames import renames
from ...store.evidence import EvidenceWindow, period, showings
from ...store.ledger.misses import promotions
from .evidence import Evidence, LastDay, Name
from .lists import JobList, Lists, needed
from .rollup import Counts, Rollup
from .stars import Star, Stars, star
from .times import NEVER, Integers, integers, micros

logger = logging.getLogger(__name__)

Progress = Callable[[str], None]


def read_evidence(
    session: Session, scope: Scope, moments: Iterable[datetime], *, settings: Settings,
    progress: Progress = lambda text: None,
) -> Evidence:
    """Read what was known of a scope at these moments, each with the scope's window before it.

    The amount grows with the number of names, days and moments, not with the number of results.
    The rollup must be up to date. Raises ValueError without a moment.
    """
    times = sorted(set(moments))
    if not times:
        raise ValueError(f"no moment was given for which to read the evidence of {scope.name!r}")
    first, last = times[0], times[-1]
    since = first - timedelta(days=scope.window_days)
    known = _Numbers(period.names_of_all_times(session, scope.name))
    progress(f"{len(known.names):,} names")
    rollup = _rollup(session, scope, known, last)
    progress(f"{len(rollup.day):,} days of jobs")
    stars = list(_stars(session, scope, known, since=since, until=last))
    lists = _lists(session, scope, known, times)
    last_days, promoted, shown = {}, {}, {}
    for at in times:
        last_days[micros(at)] = _last_day(session, scope, known, at)
        promoted[micros(at)] = promotions(
            session, scope.name, at=at, days=settings.promote_days)
        if settings.weigh_witnesses:
            shown[micros(at)] = showings(session, EvidenceWindow(
                scope.name, at - timedelta(days=scope.window_days), at, at))
        progress(f"what was known on {at:%Y-%m-%d}")
    logger.info("read the evidence of %s at %d moments: %d names, %d days of jobs, %d stars",
                scope.name, len(times), len(known.names), len(rollup.day), len(stars))
    return Evidence(
        scope, since, known.names, known.job_types, rollup, last_days, lists,
        Stars(stars, known.job_types), overrides(session, scope.name),
        renames(session, scope.name), promoted,
        shown if settings.weigh_witnesses else None)


@dataclass
class _Numbers:
    """The names and job types of a scope by their numbers here, not by their ids."""

    read: Sequence[period.KnownName]
    names: list[Name] = field(default_factory=list)
    job_types: list[JobType] = field(default_factory=list)
    of_name: dict[int, int] = field(default_factory=dict)
    of_type: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, each in enumerate(self.read):
            self.of_name[each.id] = number
            job_type = None
            if each.job_type is not None and each.job_type_id is not None:
                job_type = self.type_number(each.job_type_id, each.job_type)
            self.names.append(
                Name(each.project, each.build_system, each.name, job_type, each.is_build))

    def type_number(self, type_id: int, job_type: JobType) -> int:
        if type_id not in self.of_type:
            self.of_type[type_id] = len(self.job_types)
            self.job_types.append(job_type)
        return self.of_type[type_id]

    def of_names(self, ids: Integers) -> Integers:
        if not len(ids):
            return ids
        place = np.zeros(max(self.of_name, default=0) + 1, dtype=np.int64)
        place[list(self.of_name)] = list(self.of_name.values())
        return place[ids]


def _rollup(session: Session, scope: Scope, known: _Numbers, last: datetime) -> Rollup:
    """Read the rollup; days on which a name was only listed leave its first list alone."""
    name, day, runs, failures, timed, ms, first_at, last_at, listed_at = _columns(
        period.day_rows(session, scope.name, last), 9)
    name = known.of_names(name)
    first_listed = np.full(len(known.names), NEVER, dtype=np.int64)
    np.minimum.at(first_listed, name, listed_at)
    order = np.lexsort((day, name))
    order = order[runs[order] > 0]
    counts = Counts(*(each[order] for each in (
        name, runs, failures, timed, ms, first_at, last_at)))
    type_of = integers([-1 if each.job_type is None else each.job_type for each in known.names])
    return Rollup(day[order], counts, type_of, first_listed)


def _last_day(session: Session, scope: Scope, known: _Numbers, at: datetime) -> LastDay:
    window = EvidenceWindow(scope.name, at, at, at)
    name, *counts = _columns(period.rows_of_last_day(session, window), 7)
    tiers = np.zeros(len(known.names), dtype=np.int64)
    ids, values = _columns(period.newest_tiers(session, window), 2)
    tiers[known.of_names(ids)] = values
    return LastDay(Counts(known.of_names(name), *counts), tiers)


def _stars(
    session: Session, scope: Scope, known: _Numbers, *, since: datetime, until: datetime
) -> Iterable[Star]:
    for each in period.stars_of_period(session, scope.name, since=since, until=until):
        number = known.type_number(each.job_type_id, each.job_type)
        ends = None if each.outranked_at is None else micros(each.outranked_at)
        for fixed_by in each.fixed_by:
            yield star(fixed_by, number, pushed_at=micros(each.pushed_at),
                       known_at=micros(each.known_at), classified_at=micros(each.classified_at),
                       outranked_at=ends, is_inferred=each.is_inferred)


def _lists(
    session: Session, scope: Scope, known: _Numbers, times: Sequence[datetime]
) -> Lists:
    """Read the lists that are the newest at some moment; of the others only the times."""
    groups: dict[tuple[str, str], int] = {}
    group_of = [groups.setdefault((each.project, each.build_system), len(groups))
                for each in known.names]
    seen_at: list[list[int]] = [[] for _ in groups]
    ids: list[list[int]] = [[] for _ in groups]
    for each in period.lists_until(session, scope.name, times[-1]):
        group = groups.get((each.project, each.build_system))
        if group is not None:  # else not one of its names is known
            seen_at[group].append(micros(each.seen_at))
            ids[group].append(each.id)
    moments = [micros(at) for at in times]
    wanted = {ids[group][place]: (group, times_of[place]) for group, times_of in enumerate(seen_at)
              for place in needed(times_of, moments)}
    list_id, name, tier = _columns(period.entries_of(session, list(wanted)), 3)
    name = known.of_names(name)
    begins = np.searchsorted(list_id, list(wanted))
    ends = np.searchsorted(list_id, list(wanted), side="right")
    entries = {key: JobList(name[begin:end], tier[begin:end])
               for key, begin, end in zip(wanted.values(), begins.tolist(), ends.tolist())}
    return Lists(integers(group_of), seen_at, entries)


def _columns(rows: Iterable[Any], count: int) -> list[Integers]:
    """Return the columns of rows of whole numbers."""
    found = np.fromiter(map(tuple, rows), dtype=np.dtype((np.int64, count)))
    return [np.ascontiguousarray(column) for column in found.reshape(-1, count).T]
