"""Rows of jobs as job results: the rules that ActiveData and Treeherder share."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from ..domain import RESULTS, Classification, JobResult
from ..errors import SourceGarbled
from ..names import (
    BUILD_SYSTEMS, BUILDBOT, TASKCLUSTER, Note, fixing_revisions, newest_fixed_by_commit,
)
from .protocol import Batch
from .values import LeftOut, identifier, text

Row = dict[str, Any]
Decoded = tuple[JobResult, tuple[float, ...]]  # the numbers put the rows of one job in order

# Tasks that make or change the task graph are not job types.
DECISION_TASK = "Gecko Decision Task"
ACTION_TASK = "Action"  # how the names of action tasks begin

MAX_BAD_ROWS = 20  # bad rows without a good one mean that the format of the source has changed

# Rows are left out on purpose for these reasons, which say nothing about the format.
STILL_RUNNING = "still running"
NO_RESULT = "no result"
NO_JOB_TYPE = "no job type"
SIGNATURE_NAME = "a hash for a name"  # in old samples
GONE = "no longer there"
HARMLESS_REASONS = frozenset({STILL_RUNNING, NO_RESULT, NO_JOB_TYPE, SIGNATURE_NAME, GONE})
UNKNOWN = "unknown"  # Treeherder's result of a job that has none


def gather(
    rows: Iterable[Row], decode: Callable[[Row, Counter[str]], Decoded], what: str
) -> Batch:
    """Decode rows into a batch; of two rows of one job, the one changed last counts.

    `decode` raises LeftOut for a row that is to be skipped, and counts in its second argument
    what it has to leave out of a row that it keeps. Raises SourceGarbled where many rows that
    should be results came and none can be used; rows left out on purpose are no sign of that.
    """
    newest: dict[str, Decoded] = {}
    skipped: Counter[str] = Counter()
    for row in rows:
        try:
            result, changed = decode(row, skipped)
        except LeftOut as reason:
            skipped[str(reason)] += 1
            continue
        before = newest.get(result.job_id)
        if before is None or changed >= before[1]:
            newest[result.job_id] = result, changed
    if not newest:
        _check_format(skipped, what)
    return Batch([result for result, _ in newest.values()], skipped)


def _check_format(skipped: Counter[str], what: str) -> None:
    bad = sum(count for reason, count in skipped.items() if reason not in HARMLESS_REASONS)
    if bad >= MAX_BAD_ROWS:
        reasons = ", ".join(f"{reason} ({count})" for reason, count in skipped.most_common())
        raise SourceGarbled(f"{what}: none of {bad} rows can be used: {reasons}")


def leave_out(reason: str) -> NoReturn:
    raise LeftOut(reason)


def result_in(row: Row, *, has_ended: bool) -> str:
    if not has_ended:
        leave_out(STILL_RUNNING)
    result = text(row.get("result"))
    if result in ("", UNKNOWN):
        leave_out(NO_RESULT)
    return result if result in RESULTS else leave_out("unknown result")


def build_system_of(*, task_id: Any, buildbot_id: Any = None, build_system: str = "") -> str:
    """Return the name of a job's build system: the row's own, or that of the id it carries.

    A job's name alone is not enough: a guess would put a job into the wrong list.
    """
    if build_system in [each.name for each in BUILD_SYSTEMS]:
        return build_system
    if identifier(task_id):
        return TASKCLUSTER.name
    if identifier(buildbot_id):
        return BUILDBOT.name
    leave_out("no build system")


def name_in(row: Row, build_system: str, *, label: str, buildername: str) -> str:
    """Return a job's name from the column that has it for its build system."""
    column = buildername if build_system == BUILDBOT.name else label
    return text(row.get(column)) or leave_out("no name")


@dataclass(frozen=True)
class RowClassification:
    """How a job is classified, since when, and what fixed it."""

    classification: Classification | None
    classified_at: datetime | None = None
    fixed_by: tuple[str, ...] = ()     # 12 digits each, or 7 to 11 still to be completed


def merge_notes(
    classification: Classification | None, changed_at: datetime | None,
    notes: Callable[[], Iterable[Note]],
) -> RowClassification:
    """Put a job's classification together with its notes, if it is fixed by a commit.

    A classification without a note of its time dates from the job's last change, which is never
    earlier.
    """
    if classification is None:
        return RowClassification(None)
    note = None
    if classification is Classification.FIXED_BY_COMMIT:
        note = newest_fixed_by_commit(notes())
    if note is None:
        return RowClassification(classification, changed_at)
    fixed_by = fixing_revisions(note.text).all
    return RowClassification(classification, note.created or changed_at, fixed_by)
