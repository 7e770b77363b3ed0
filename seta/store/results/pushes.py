"""Pushes, by project and revision."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime, Text

from ...domain import JobResult
from ...domain.limits import REVISION_DIGITS
from .. import schema

MAX_CACHED = 50_000  # pushes in memory; beyond that they are read again

# Returns the pushes whose time is now another one.
UPSERT = text("""
    WITH before AS (
        SELECT id, pushed_at
        FROM unnest(:projects, :revisions) AS reported (project, revision)
        JOIN pushes USING (project, revision)
    ), stored AS (
        INSERT INTO pushes AS known (project, revision, pushed_at, push_id, treeherder_id)
        SELECT * FROM unnest(:projects, :revisions, :times, :push_ids, :treeherder_ids)
            AS reported (a, b, c, d, e)
        ORDER BY a, b
        ON CONFLICT (project, revision) DO UPDATE
        SET pushed_at = least(known.pushed_at, excluded.pushed_at),
            push_id = least(known.push_id COLLATE "C", excluded.push_id COLLATE "C"),
            treeherder_id = least(
                known.treeherder_id COLLATE "C", excluded.treeherder_id COLLATE "C")
        WHERE (known.pushed_at, known.push_id, known.treeherder_id) IS DISTINCT FROM
            (least(known.pushed_at, excluded.pushed_at),
             least(known.push_id COLLATE "C", excluded.push_id COLLATE "C"),
             least(known.treeherder_id COLLATE "C", excluded.treeherder_id COLLATE "C"))
        RETURNING id, pushed_at
    )
    SELECT id FROM stored JOIN before USING (id) WHERE stored.pushed_at <> before.pushed_at
""").bindparams(
    bindparam("projects", type_=ARRAY(Text)), bindparam("revisions", type_=ARRAY(Text)),
    bindparam("times", type_=ARRAY(DateTime(timezone=True))),
    bindparam("push_ids", type_=ARRAY(Text)), bindparam("treeherder_ids", type_=ARRAY(Text)))

IDS = text("""
    SELECT project, revision, id, pushed_at, push_id, treeherder_id
    FROM unnest(:projects, :revisions) AS reported (project, revision)
    JOIN pushes USING (project, revision)
""").bindparams(
    bindparam("projects", type_=ARRAY(Text)), bindparam("revisions", type_=ARRAY(Text)))

COMPLETE = text("""
    SELECT DISTINCT left(revision, :kept) FROM pushes
    WHERE project = :project AND revision >= :digits AND revision < :digits || 'g'
    LIMIT 2
""")

Key = tuple[str, str]  # project, revision


@dataclass(frozen=True, slots=True)
class ReportedPush:
    """When it was pushed, and its two ids, each of a namespace of its own."""

    pushed_at: datetime
    push_id: str | None
    treeherder_id: str | None

    def merged_with(self, other: "ReportedPush") -> "ReportedPush":
        """Return what holds of two reports: the earliest time, the least ids."""
        return ReportedPush(min(self.pushed_at, other.pushed_at),
                            _least(self.push_id, other.push_id),
                            _least(self.treeherder_id, other.treeherder_id))


@dataclass(frozen=True, slots=True)
class PushRow:
    id: int
    known: ReportedPush

    def is_improved_by(self, reported: ReportedPush) -> bool:
        return self.known.merged_with(reported) != self.known


class PushIds:
    """The ids of pushes, kept between batches.

    Where reports of a push differ, the earliest time and the least ids hold, whatever the order
    in which they come. The revision ties a push that Treeherder brought to its pushlog id.
    """

    def __init__(self) -> None:
        self._known: dict[Key, PushRow] = {}

    def resolve(
        self, session: Session, results: Iterable[JobResult]
    ) -> tuple[dict[Key, int], list[int]]:
        """Store what is new of the results' pushes and return the ids of all of them.

        The second are those of known pushes that turn out to be of an earlier time.
        """
        if len(self._known) > MAX_CACHED:
            self._known.clear()
        reported = pushes_of(results)
        new = {key: push for key, push in reported.items()
               if key not in self._known or self._known[key].is_improved_by(push)}
        moved = self._store(session, new) if new else []
        return {key: self._known[key].id for key in reported}, moved

    def forget(self) -> None:
        self._known.clear()

    def _store(self, session: Session, new: dict[Key, ReportedPush]) -> list[int]:
        projects, revisions = zip(*new)
        keys = {"projects": list(projects), "revisions": list(revisions)}
        moved = session.scalars(UPSERT, keys | {
            "times": [push.pushed_at for push in new.values()],
            "push_ids": [push.push_id for push in new.values()],
            "treeherder_ids": [push.treeherder_id for push in new.values()]}).all()
        for project, revision, number, *known in session.execute(IDS, keys):
            self._known[project, revision] = PushRow(number, ReportedPush(*known))
        return list(moved)


def pushes_of(results: Iterable[JobResult]) -> dict[Key, ReportedPush]:
    """Return the pushes of results, each with the earliest time and the least ids reported."""
    reported: dict[Key, ReportedPush] = {}
    for result in results:
        key = result.project, result.revision
        push = ReportedPush(result.pushed_at, result.push_id, result.treeherder_push_id)
        known = reported.setdefault(key, push)
        if known != push:
            reported[key] = known.merged_with(push)
    return reported


def _least(one: str | None, other: str | None) -> str | None:
    return min((each for each in (one, other) if each is not None), default=None)


def push_times(
    session: Session, project: str, *, since: datetime, until: datetime
) -> list[datetime]:
    """Return when a project was pushed to from `since` until before `until`, in order."""
    row = schema.Push
    return list(session.scalars(
        select(row.pushed_at).where(row.project == project, row.pushed_at >= since,
                                    row.pushed_at < until).order_by(row.pushed_at)))


def count_pushes(
    session: Session, projects: Iterable[str], *, since: datetime, until: datetime
) -> int:
    """Count the pushes of projects from `since` until before `until`."""
    row = schema.Push
    return session.scalar(select(func.count()).select_from(row).where(
        row.project.in_(list(projects)), row.pushed_at >= since, row.pushed_at < until)) or 0


def complete_revision(session: Session, project: str, digits: str) -> str | None:
    """Return the first 12 digits of the one known push with this prefix, None if not exactly one.

    `digits` are hexadecimal and lower case.
    """
    found = session.scalars(
        COMPLETE, {"project": project, "digits": digits, "kept": REVISION_DIGITS}).all()
    return found[0] if len(found) == 1 else None
