"""What a sheriff wrote beside a job that was fixed by a commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from seta.names import Note, fixing_revisions, newest_fixed_by_commit


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
