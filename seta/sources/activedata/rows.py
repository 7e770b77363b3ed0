"""One row of ActiveData's `treeherder` table as a job result."""

from collections import Counter
from datetime import datetime
from typing import Any

from ...domain import RESULTS, Classification, JobResult
from ...names import BUILDBOT, TASKCLUSTER, Note
from ..cells import (
    LeftOut, as_list, identifier, milliseconds, moment, number, push_identifier, revision,
    text, tier,
)
from ..job_rows import Decoded, Fix, fix_in, revisions_in
from .answers import Row

NAMESPACE = "treeherder"  # ActiveData's job.id is Treeherder's

FIXED = Classification.FIXED_BY_COMMIT


def decode_row(row: Row, skipped: Counter[str]) -> Decoded:
    """Return the job result of a row, with what orders the rows of one job.

    Raises LeftOut for a row that is none.
    """
    cell = row.get
    build_system = which_build_system(row)
    classification = which_classification(text(cell("classification")), skipped)
    fix = fix_of(row, classification)
    result = JobResult(
        namespace=NAMESPACE,
        job_id=identifier(cell("job_id")) or leave_out("no job id"),
        project=text(cell("branch")) or leave_out("no project"),
        build_system=build_system,
        name=name_of(row, build_system),
        revision=revision(cell("revision")) or leave_out("no revision"),
        pushed_at=moment(cell("push_date")) or leave_out("no push time"),
        result=which_result(row),
        push_id=push_identifier(cell("push_id")),
        started_at=moment(cell("started")),
        duration_ms=milliseconds(number(cell("duration"))),
        tier=tier(cell("tier")),
        classification=classification,
        classified_at=classified_at(classification, fix, row),
        fixed_by=fix.fixed_by,
    )
    return result, (number(cell("last_modified")) or 0, number(cell("retry_id")) or 0)


def leave_out(reason: str):
    raise LeftOut(reason)


def which_result(row: Row) -> str:
    if text(row.get("state")) in ("running", "pending"):
        raise LeftOut("still running")
    result = text(row.get("result")) or leave_out("no result")
    return result if result in RESULTS else leave_out("unknown result")


def which_build_system(row: Row) -> str:
    """Which build system's id the row carries; a row with neither is no job of ours.

    A name alone does not tell: a guess would put a job into the wrong list.
    """
    if identifier(row.get("task_id")):
        return TASKCLUSTER.word
    if identifier(row.get("buildbot_id")):
        return BUILDBOT.word
    raise LeftOut("no build system")


def name_of(row: Row, build_system: str) -> str:
    """A task label, or the builder name, of which `job.type.name` is only the last word."""
    column = "key" if build_system == BUILDBOT.word else "label"
    return text(row.get(column)) or leave_out("no name")


def which_classification(name: str, skipped: Counter[str]) -> Classification | None:
    if not name:
        return None
    try:
        return Classification(name)
    except ValueError:
        skipped["unknown classification"] += 1  # the job itself is kept
        return None


def fix_of(row: Row, classification: Classification | None) -> Fix:
    """What the notes say; of a job that is not fixed by a commit they say nothing."""
    if classification is not Classification.FIXED_BY_COMMIT:
        return Fix()
    return fix_in(decode_notes(
        row.get("note_text"), row.get("note_created"), row.get("note_classification")))


def classified_at(
    classification: Classification | None, fix: Fix, row: Row
) -> datetime | None:
    """When it was said: the note's time, else the job's last change, which is never earlier."""
    if classification is None:
        return None
    return fix.said_at or moment(row.get("last_modified"))


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
