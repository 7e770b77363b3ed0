"""Pushes, by project and revision."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime, Text

from ..domain import JobResult

KEPT = 50_000  # pushes; more are asked for again

UPSERT = text("""
    INSERT INTO pushes AS known (project, revision, pushed_at, push_id)
    SELECT * FROM unnest(:projects, :revisions, :times, :push_ids) AS told (a, b, c, d)
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
    FROM unnest(:projects, :revisions) AS told (project, revision)
    JOIN pushes USING (project, revision)
""").bindparams(
    bindparam("projects", type_=ARRAY(Text)), bindparam("revisions", type_=ARRAY(Text)))

COMPLETE = text("""
    SELECT DISTINCT left(revision, 12) FROM pushes
    WHERE project = :project AND revision >= :digits AND revision < :digits || 'g'
    LIMIT 2
""")


@dataclass(frozen=True, slots=True)
class KnownPush:
    id: int
    pushed_at: datetime
    push_id: str | None

    def is_improved_by(self, pushed_at: datetime, push_id: str | None) -> bool:
        if pushed_at < self.pushed_at:
            return True
        return push_id is not None and (self.push_id is None or push_id < self.push_id)


class PushIds:
    """The ids of pushes, kept between batches.

    Where a push is told differently, the earliest time and the least id hold, whatever the
    order in which they come.
    """

    def __init__(self):
        self._known: dict[tuple[str, str], KnownPush] = {}

    def resolve(self, session: Session, results: Iterable[JobResult]) -> None:
        """Store what is new of the results' pushes; `id_of` then knows them all."""
        if len(self._known) > KEPT:
            self._known.clear()
        told = self._news(results)
        if not told:
            return
        projects, revisions = zip(*told)
        times, push_ids = zip(*told.values())
        keys = {"projects": list(projects), "revisions": list(revisions)}
        session.execute(UPSERT, keys | {"times": list(times), "push_ids": list(push_ids)})
        for project, revision, *known in session.execute(IDS, keys):
            self._known[project, revision] = KnownPush(*known)

    def id_of(self, result: JobResult) -> int:
        return self._known[result.project, result.revision].id

    def forget(self) -> None:
        self._known.clear()

    def _news(self, results: Iterable[JobResult]) -> dict:
        told = {}
        for result in results:
            key = result.project, result.revision
            known = self._known.get(key)
            if known is None or known.is_improved_by(result.pushed_at, result.push_id):
                time, push_id = told.get(key, (result.pushed_at, None))
                ids = [each for each in (push_id, result.push_id) if each is not None]
                told[key] = min(time, result.pushed_at), min(ids, default=None)
        return told


def complete_revision(session: Session, project: str, digits: str) -> str | None:
    """Return the first 12 digits of the one known push that begins so, None if not exactly one.

    `digits` are hexadecimal and lower case.
    """
    found = session.scalars(COMPLETE, {"project": project, "digits": digits}).all()
    return found[0] if len(found) == 1 else None
