"""One job of Treeherder's as a job result."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ...domain import TREEHERDER, Classification, JobResult, Push
from ...errors import SourceGarbled
from ...names import Note
from ..job_rows import (
    ACTION_TASK, DECISION_TASK, Decoded, Row, build_system_of, leave_out, merge_notes,
    name_in, result_in,
)
from ..values import identifier, milliseconds, number, parse_epoch, shorten, stripped, text, tier
from .api import Api

SIGNATURE = re.compile(r"[0-9a-f]{40}")

# 6 was "intermittent needs filing" until 2022.
NAMES = {
    1: Classification.NOT_CLASSIFIED,
    2: Classification.FIXED_BY_COMMIT,
    3: Classification.EXPECTED_FAIL,
    4: Classification.INTERMITTENT,
    5: Classification.INFRA,
    6: Classification.NEW_FAILURE,
    7: Classification.AUTOCLASSIFIED_INTERMITTENT,
    8: Classification.INTERMITTENT_NEEDS_BUGID,
}


@dataclass(frozen=True)
class JobDecoder:
    """Decodes jobs with the help of their pushes and, of those fixed by a commit, their notes."""

    pushes: Mapping[str, Push]
    notes: Callable[[str], list[Note]]

    def __call__(self, row: Row, skipped: Counter[str]) -> Decoded:
        job_id = identifier(row.get("id")) or leave_out("no job id")
        push = self.pushes.get(identifier(row.get("push_id"))) or leave_out("no push")
        result = result_in(row, has_ended=text(row.get("state")) == "completed")
        build_system = build_system_of(
            build_system=text(row.get("build_system_type")), task_id=row.get("task_id"))
        name = _name(row, build_system)
        changed_at = time_of(row.get("last_modified"))
        classified = merge_notes(
            _classification(row, skipped), changed_at, lambda: self.notes(job_id))
        return JobResult(
            namespace=TREEHERDER, job_id=job_id, project=push.project,
            build_system=build_system, name=name, revision=push.revision,
            pushed_at=push.pushed_at, result=result,
            started_at=parse_epoch(row.get("start_timestamp")), duration_ms=_duration_ms(row),
            tier=tier(row.get("tier")),
            classification=classified.classification,
            classified_at=classified.classified_at,
            fixed_by=classified.fixed_by,
            modified_at=changed_at,
            treeherder_push_id=push.treeherder_id,
        ), (changed_at.timestamp() if changed_at else 0, number(row.get("retry_id")) or 0)


def _name(row: Row, build_system: str) -> str:
    """Return a task label or builder name; `ref_data_name` may be a hash, which is not a name."""
    name = name_in(row, build_system, label="job_type_name", buildername="ref_data_name")
    if SIGNATURE.fullmatch(name):
        leave_out("no name")
    return leave_out("no job type") if name.startswith((DECISION_TASK, ACTION_TASK)) else name


def _classification(row: Row, skipped: Counter[str]) -> Classification | None:
    found = _by_id(row)
    if found is None:
        skipped["unknown classification"] += 1  # the job itself is kept
    return found


def _by_id(row: Row) -> Classification | None:
    classification_id = row.get("failure_classification_id")
    return None if classification_id is None else NAMES.get(classification_id)


def _duration_ms(row: Row) -> int | None:
    start, end = number(row.get("start_timestamp")), number(row.get("end_timestamp"))
    return milliseconds(end - start) if start and end else None


def notes_of(api: Api, job_id: str) -> list[Note]:
    """Return a job's notes, the oldest first."""
    answer = api.get("note", job_id=job_id)
    if not isinstance(answer, list) or not all(isinstance(each, dict) for each in answer):
        raise SourceGarbled(f"{api.what}: the notes of job {job_id} are {shorten(answer)}")
    ordered = sorted(answer, key=lambda each: number(each.get("id")) or 0)
    return [_to_note(each) for each in ordered]


def _to_note(row: Row) -> Note:
    return Note(stripped(row.get("text")), _by_id(row), time_of(row.get("created")))


def time_of(value: Any) -> datetime | None:
    """Read a time of Treeherder's: ISO 8601, in UTC, mostly without a time zone.

    >>> time_of("2020-03-12T10:11:12.5")
    datetime.datetime(2020, 3, 12, 10, 11, 12, 500000, tzinfo=datetime.timezone.utc)
    """
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
