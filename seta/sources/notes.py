"""What sheriffs wrote beside a job, and which of it counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from seta.domain import Classification
from seta.names import fixing_revisions


@dataclass(frozen=True)
class Note:
    """A sheriff's note on a job."""

    text: str
    created: float | None         # epoch seconds
    classification: str | None    # None: not told, so that of the job


def counted_note(notes: Sequence[Note], classification: Classification) -> Note | None:
    """Return the newest note of this classification, the last one where no times are told."""
    own = [note for note in notes if note.classification in (None, classification)]
    if not own:
        return None
    if any(note.created is None for note in own):
        return own[-1]
    return max(enumerate(own), key=lambda pair: (pair[1].created, pair[0]))[1]


def revisions_in(text: str) -> tuple[str, ...]:
    """The fixing revisions that a note names: of 12 digits, or 7 to 11 still to be completed."""
    found = fixing_revisions(text)
    return found.full + found.short


def has_revision(text: str) -> bool:
    return bool(revisions_in(text))
