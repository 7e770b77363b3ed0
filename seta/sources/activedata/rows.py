"""One row of ActiveData's `treeherder` table as a job result."""

from collections import Counter
from datetime import datetime
from typing import Any

from ...domain import TREEHERDER, Classification, JobResult
from ...names import Note, fixing_revisions
from ..job_rows import (
    Decoded, Row, build_system_of, leave_out, merge_notes, name_in, result_in,
)
from ..values import (
    as_list, identifier, milliseconds, number, parse_epoch, push_identifier, revision, stripped,
    text, tier,
)

FIXED = Classification.FIXED_BY_COMMIT


def decode_row(row: Row, skipped: Counter[str]) -> Decoded:
    """Return the job result of a row, with what orders the rows of one job.

    Raises LeftOut for any other row.
    """
    cell = row.get
    build_system = build_system_of(task_id=cell("task_id"), buildbot_id=cell("buildbot_id"))
    classified = merge_notes(_classification(text(cell("classification")), skipped),
                             parse_epoch(cell("last_modified")), lambda: _notes(row))
    result = JobResult(
        namespace=TREEHERDER,
        job_id=identifier(cell("job_id")) or leave_out("no job id"),
        project=text(cell("branch")) or leave_out("no project"),
        build_system=build_system,
        # The label of a Buildbot job is only the last word of its builder's name.
        name=name_in(row, build_system, label="label", buildername="key"),
        revision=revision(cell("revision")) or leave_out("no revision"),
        pushed_at=parse_epoch(cell("push_date")) or leave_out("no push time"),
        result=result_in(row, has_ended=text(cell("state")) not in ("running", "pending")),
        push_id=push_identifier(cell("push_id")),
        started_at=parse_epoch(cell("started")),
        duration_ms=milliseconds(number(cell("duration"))),
        tier=tier(cell("tier")),
        classification=classified.classification,
        classified_at=classified.classified_at,
        fixed_by=classified.fixed_by,
        modified_at=parse_epoch(cell("last_modified")),
    )
    return result, tuple(
        number(cell(column)) or 0 for column in ("last_modified", "extracted", "retry_id"))


def _classification(name: str, skipped: Counter[str]) -> Classification | None:
    if not name:
        return None
    try:
        return Classification(name)
    except ValueError:
        skipped["unknown classification"] += 1  # the job itself is kept
        return None


def _notes(row: Row) -> list[Note]:
    """Return the notes of a job that is fixed by a commit, in their order.

    A note without a classification has that of its job. Three columns hold the parts of all
    notes. Where they differ in length and the notes are of several classifications, the texts
    that name a revision are taken for those that count: a spurious regression is better than a
    missed one.
    """
    texts = as_list(row.get("note_text"))
    times = as_list(row.get("note_created"))
    names = as_list(row.get("note_classification"))
    length = max(len(texts), len(times), len(names))
    if all(len(column) in (0, length) for column in (texts, times, names)):
        missing = [None] * length
        return [Note(stripped(text), stripped(name) or FIXED, _time(time))
                for text, time, name in zip(texts or missing, times or missing, names or missing)]
    if len(times) != len(texts):
        times = [None] * len(texts)
    notes = [Note(stripped(text), FIXED, _time(time)) for text, time in zip(texts, times)]
    if {stripped(name) for name in names if name is not None} == {FIXED}:
        return notes
    return [note for note in notes if not fixing_revisions(note.text).is_empty]


def _time(value: Any) -> datetime | None:
    return None if isinstance(value, (list, dict)) else parse_epoch(value)
