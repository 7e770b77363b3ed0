"""What the rows of ActiveData and Treeherder have in common."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..domain import JobResult
from ..errors import SourceGarbled
from ..names import Note, fixing_revisions, newest_fixed_by_commit
from .cells import LeftOut
from .protocol import Batch

DRIFT = 20            # so many rows and not one good: the source's format has changed
ORDINARY = frozenset({"still running", "no result"})  # reasons that say nothing of the format

Decoded = tuple[JobResult, tuple[float, ...]]


class Gathering:
    """Collects the rows of one answer; of two with one job id, the one changed last stays."""

    def __init__(self):
        self._newest: dict[str, Decoded] = {}
        self.skipped: Counter[str] = Counter()

    def add(self, result: JobResult, changed: tuple[float, ...]) -> None:
        """Keep a result; `changed` orders rows of one job."""
        before = self._newest.get(result.job_id)
        if before is None or changed >= before[1]:
            self._newest[result.job_id] = result, changed

    def batch(self) -> Batch:
        return Batch([result for result, _ in self._newest.values()], self.skipped)

    def check_drift(self, what: str) -> None:
        """Raise SourceGarbled where many rows came and none could be used."""
        bad = sum(n for reason, n in self.skipped.items() if reason not in ORDINARY)
        if bad >= DRIFT and not self._newest:
            reasons = ", ".join(f"{reason} ({n})" for reason, n in self.skipped.most_common())
            raise SourceGarbled(f"{what}: none of {bad} rows can be used: {reasons}")


def gather(
    rows: Iterable, decode: Callable[[Any, Counter[str]], Decoded], what: str
) -> Batch:
    """Decode rows into a batch.

    `decode` raises LeftOut for a row that is to be skipped, and counts in its second argument
    what it has to leave out of a row that it keeps.
    """
    gathering = Gathering()
    for row in rows:
        try:
            gathering.add(*decode(row, gathering.skipped))
        except LeftOut as reason:
            gathering.skipped[str(reason)] += 1
    gathering.check_drift(what)
    return gathering.batch()


@dataclass(frozen=True)
class Fix:
    """What the note that counts says."""

    fixed_by: tuple[str, ...] = ()     # 12 digits each, or 7 to 11 still to be completed
    said_at: datetime | None = None


def fix_in(notes: Sequence[Note]) -> Fix:
    """Return what the newest "fixed by commit" note of a job says; nothing where none does."""
    note = newest_fixed_by_commit(notes)
    return Fix(revisions_in(note.text), note.created) if note else Fix()


def revisions_in(text: str | None) -> tuple[str, ...]:
    found = fixing_revisions(text)
    return found.full + found.short
