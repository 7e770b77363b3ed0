"""The notes of a job, from the three parallel cells that they are selected as.

Each cell is null, a scalar or a list, and nulls may have been left out of a list, so that the
lists need not be of one length.
"""

from typing import Any

from seta.domain import Classification

from ..cells import as_list, number, single
from ..notes import Note, has_revision


def decode_notes(texts: Any, created: Any, classifications: Any) -> list[Note]:
    """Pair the cells up to notes, in the order they came, for a job classified as it is.

    Where the lists differ in length and the notes are of several classifications, only texts
    that name a revision are taken for *fixed by commit*: better one regression too many than
    one lost.
    """
    texts, times = as_list(texts), as_list(created)
    classes = as_list(classifications)
    length = max(len(texts), len(times), len(classes))
    if all(len(each) in (0, length) for each in (texts, times, classes)):
        return paired(texts, times, classes, length)
    return guessed(texts, times, classes)


def paired(texts: list, times: list, classes: list, length: int) -> list[Note]:
    return [
        Note(words(text), number(single(time)), words(said) or None)
        for text, time, said in zip(
            texts or [None] * length, times or [None] * length, classes or [None] * length)
    ]


def guessed(texts: list, times: list, classes: list) -> list[Note]:
    said = {words(each) for each in classes if each is not None}
    kept = [words(text) for text in texts if text is not None]
    if len(said) > 1:
        kept = [text for text in kept if has_revision(text)]
        said = {Classification.FIXED_BY_COMMIT}
    known = [number(time) for time in times]
    moments = known if len(known) == len(kept) else [None] * len(kept)
    only = next(iter(said), None)
    return [Note(text, moment, only) for text, moment in zip(kept, moments)]


def words(cell: Any) -> str:
    return cell.strip() if isinstance(cell, str) else ""
