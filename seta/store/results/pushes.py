"""Pushes, by project and revision."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime, Text

from ...domain import JobResult
from ...domain.limits import REVISION_DIGITS

MAX_CACHED = 50_000  # pushes in memory; beyond that they are read again

UPSERT = text("""
    INSERT INTO pushes AS known (project, revision, pushed_at, push_id)
    SELECT * FROM unnest(:projects, :revisions, :times, :push_ids) AS reported (a, b, c, d)
    ORDER BY a, b
    ON CONFLICT (project, revision) DO UPDATE
    SET pushed_at = least(known.pushed_at, excluded.pushed_at),
        push_id = least(known.push_id COLLATE "C", excluded.push_id COLLATE "C")
    WHERE (known.pushed_at, known.push_id) IS DISTINCT FROM
        (least(known.pushed_at, excluded.pushed_at),
         least(known.push_id COLLATE "C", excluded.push_id COLLATE "C"))
""").bindparams(
    bindparam("projects", type_=ARRAY(Text)), bindparam("revisions", type_=ARRAY(Text)),
    bindparam("times", type_=ARRAY(DateTime(timezone=True))),
    bindparam("push_ids", type_=ARRAY(Text)))

IDS = text("""
    SELECT project, revision, id, pushed_at, push_id
    FROM unnest(:projects, :revisions) AS reported (project, revision)
    JOIN pushes USING (project, revision)
""").bindparams(
    bindparam("projects", type_=ARRAY(Text)), bindparam("revisions", type_=ARRAY(Text)))

COMPLETE = text("""
    SELECT DISTINCT left(revision, :kept) FROM pushes
    WHERE project = :project AND revision >= :digits AND revision < :digits || 'g'
    LIMIT 2
""")

Key = tuple[str, str]                   # project, revision
Reported = tuple[datetime, str | None]  # when it was pushed, push id


@dataclass(frozen=True, slots=True)
class PushRow:
    id: int
    pushed_at: datetime
    push_id: str | None

    def is_improved_by(self, pushed_at: datetime, push_id: str | None) -> bool:
        if pushed_at < self.pushed_at:
            return True
        return push_id is not None and (self.push_id is None or push_id < self.push_id)


class PushIds:
    """The ids of pushes, kept between batches.

    Where reports of a push differ, the earliest time and the least id hold, whatever the order
    in which they come.
    """

    def __init__(self) -> None:
        self._known: dict[Key, PushRow] = {}

    def resolve(self, session: Session, results: Iterable[JobResult]) -> dict[Key, int]:
        """Store what is new of the results' pushes and return the ids of all of them."""
        if len(self._known) > MAX_CACHED:
            self._known.clear()
        reported = pushes_of(results)
        new = {key: push for key, push in reported.items()
               if key not in self._known or self._known[key].is_improved_by(*push)}
        if new:
            self._store(session, new)
        return {key: self._known[key].id for key in reported}

    def forget(self) -> None:
        self._known.clear()

    def _store(self, session: Session, new: dict[Key, Reported]) -> None:
        projects, revisions = zip(*new)
        times, push_ids = zip(*new.values())
        keys = {"projects": list(projects), "revisions": list(revisions)}
        session.execute(UPSERT, keys | {"times": list(times), "push_ids": list(push_ids)})
        for project, revision, *known in session.execute(IDS, keys):
            self._known[project, revision] = PushRow(*known)


def pushes_of(results: Iterable[JobResult]) -> dict[Key, Reported]:
    """Return the pushes of results, each with the earliest time and the least id reported."""
    reported: dict[Key, Reported] = {}
    for result in results:
        key, push = (result.project, result.revision), (result.pushed_at, result.push_id)
        known = reported.setdefault(key, push)
        if known != push:
            ids = [each for each in (known[1], push[1]) if each is not None]
            reported[key] = min(known[0], push[0]), min(ids, default=None)
    return reported


def complete_revision(session: Session, project: str, digits: str) -> str | None:
    """Return the first 12 digits of the one known push with this prefix, None if not exactly one.

    `digits` are hexadecimal and lower case.
    """
    found = session.scalars(
        COMPLETE, {"project": project, "digits": digits, "kept": REVISION_DIGITS}).all()
    return found[0] if len(found) == 1 else None
