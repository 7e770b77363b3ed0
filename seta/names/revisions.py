"""The revisions in what a sheriff writes beside "fixed by commit"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from ..domain import Classification
from ..domain.limits import REVISION_DIGITS, SHORTEST_REVISION, WHOLE_REVISION

# A job or crash id such as 8c1c7ee0-4b1e-4e8b-9d7c-0d5a1b2c3d4e ends in what looks like one.
UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
REVISION = re.compile(
    r"(?P<keyword>\b(?:rev|revision|changeset|commit)s?[/=:\s]+)?"
    r"(?<!\w)(?P<digits>[0-9a-f]{%d,%d})(?!\w)" % (SHORTEST_REVISION, WHOLE_REVISION),
    re.IGNORECASE | re.ASCII,
)
PHABRICATOR = re.compile("D[0-9]+")  # D123456 is a review; revisions are lower case

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FixingRevisions:
    """The revisions of one note, each once, in the order of the note."""

    full: tuple[str, ...] = ()   # the first 12 digits, lower case
    short: tuple[str, ...] = ()  # 7 to 11 digits, to be completed from a known push

    @property
    def all(self) -> tuple[str, ...]:
        return self.full + self.short

    @property
    def is_empty(self) -> bool:
        """Return whether the note names no revision, and so counts as unparsed."""
        return not (self.full or self.short)


def fixing_revisions(note: str | None) -> FixingRevisions:
    """Find every revision in a note, in URLs or not. Never raises.

    A bug number is not a revision: 7 to 11 digits that are all decimal, or all letters, count only
    after "rev", "revision", "changeset" or "commit", as in a URL of hg.mozilla.org.

    >>> fixing_revisions("https://hg.mozilla.org/integration/autoland/rev/9fa614d8310d/")
    FixingRevisions(full=('9fa614d8310d',), short=())
    >>> fixing_revisions("bug 1323536, fixed by 5294fe1")
    FixingRevisions(full=(), short=('5294fe1',))
    """
    found = [match["digits"].lower() for match in REVISION.finditer(UUID.sub(" ", note or ""))
             if _is_revision(match["digits"], has_keyword=bool(match["keyword"]))]
    full = tuple(dict.fromkeys(
        digits[:REVISION_DIGITS] for digits in found if len(digits) >= REVISION_DIGITS
    ))
    short = tuple(dict.fromkeys(
        digits for digits in found
        if len(digits) < REVISION_DIGITS and not _starts_any(digits, full)
    ))
    return FixingRevisions(full, short)


def _is_revision(digits: str, *, has_keyword: bool) -> bool:
    if len(digits) >= REVISION_DIGITS:
        return True
    if PHABRICATOR.fullmatch(digits):
        return False
    return has_keyword or not (digits.isdecimal() or digits.isalpha())


def _starts_any(digits: str, revisions: tuple[str, ...]) -> bool:
    return any(revision.startswith(digits) for revision in revisions)


@dataclass(frozen=True, slots=True)
class Note:
    """What a sheriff wrote beside a job, and how the job was classified with it."""

    text: str | None
    classification: str | None = None  # Treeherder's name of it
    created: datetime | None = None    # None: unknown, which counts as older than any known


def newest_fixed_by_commit(notes: Iterable[Note]) -> Note | None:
    """Return the newest note that says "fixed by commit", None if there is none.

    Of two notes of one moment the later in the list counts: sources list the oldest first.
    """
    newest = None
    for note in notes:
        if note.classification == Classification.FIXED_BY_COMMIT and not (
            newest and (newest.created or LONG_AGO) > (note.created or LONG_AGO)
        ):
            newest = note
    return newest
