"""The notes of a job, from the three parallel cells that they are selected as.

Each cell is null, a scalar or a list, and nulls may have been left out of a list, so that the
lists need not be of one length.
"""

from typing import Any

from seta.domain import Classification
from seta.names import Note

from ..cells import as_list, moment
from ..notes import revisions_in

FIXED = Classification.FIXED_BY_COMMIT


def decode_notes(texts: Any, created: Any, classifications: Any) -> list[Note]:
    """Pair the cells up to the notes of a job that is fixed by a commit, in their order.

    A note that tells no classification has that of its job. Where the lists differ in length
    and the notes are of several classifications, the texts that name a revision are taken for
    those that count: better one regression too many than one lost.
    """
    texts, times, classes = as_list(texts), as_list(created), as_list(classifications)
    length = max(len(texts), len(times), len(classes))
    if all(len(each) in (0, length) for each in (texts, times, classes)):
        return paired(*(each or [None] * length for each in (texts, times, classes)))
    return guessed(texts, times, classes)


def paired(texts: list, times: list, classes: list) -> list[Note]:
    return [Note(words(text), words(said) or FIXED, time_of(time))
            for text, time, said in zip(texts, times, classes)]


def guessed(texts: list, times: list, classes: list) -> list[Note]:
    moments = times if len(times) == len(texts) else [None] * len(texts)
    notes = [Note(words(text), FIXED, time_of(time)) for text, time in zip(texts, moments)]
    if {words(said) for said in classes if said is not None} == {FIXED}:
        return notes
    return [note for note in notes if revisions_in(note.text)]


def words(cell: Any) -> str:
    return cell.strip() if isinstance(cell, str) else ""


def time_of(cell: Any):
    return None if isinstance(cell, (list, dict)) else moment(cell)
