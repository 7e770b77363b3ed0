"""Which of a job's notes counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from seta.domain import Classification

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Note:
    """What a sheriff wrote beside a job, and what the job was classified as with it."""

    text: str | None
    classification: str | None = None  # Treeherder's name of it
    created: datetime | None = None    # None: not told, so older than any that is told


def newest_fixed_by_commit(notes: Iterable[Note]) -> Note | None:
    """Return the newest note that says "fixed by commit", None if none does.

    Of two of one moment the later in the list counts: sources list them in order of writing.
    """
    newest = None
    for note in notes:
        if note.classification == Classification.FIXED_BY_COMMIT and not (
            newest and (newest.created or LONG_AGO) > (note.created or LONG_AGO)
        ):
            newest = note
    return newest
