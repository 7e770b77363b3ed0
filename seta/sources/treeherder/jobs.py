"""One job of Treeherder's as a job result."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ...domain import TREEHERDER, Classification, JobResult, Push
from ...names import Note
from ..job_rows import (
    ACTION_TASK, DECISION_TASK, GONE, NO_JOB_TYPE, SIGNATURE_NAME, Decoded, Row,
    build_system_of, leave_out, merge_notes, name_in, result_in,
)
from ..values import identifier, milliseconds, number, parse_epoch, stripped, text, tier
from .api import Api
from .times import time_of

logger = logging.getLogger(__name__)

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
    """Decodes jobs with the help of their pushes and, of those fixed by a commit, their notes.

    The notes of a job that has not changed since it was known to be fixed are not asked for.
    """

    pushes: Mapping[str, Push]
    known: Mapping[str, datetime]  # job id -> its last change, of jobs known to be fixed
    api: Api

    def __call__(self, row: Row, skipped: Counter[str]) -> Decoded:
        job_id = identifier(row.get("id")) or leave_out("no job id")
        push = self.pushes.get(identifier(row.get("push_id"))) or leave_out("no push")
        result = result_in(row, has_ended=text(row.get("state")) == "completed")
        build_system, name = _name(row)
        changed_at = time_of(row.get("last_modified"))
        classification = _classification(row, skipped)
        if self._is_known(job_id, classification, changed_at):
            classification = None  # says nothing new
        classified = merge_notes(
            classification, changed_at, lambda: _notes_of(self.api, job_id))
        return JobResult(
            namespace=TREEHERDER, job_id=job_id, project=push.project,
            build_system=build_system, name=name, revision=push.revision,
            pushed_at=push.pushed_at, result=result, treeherder_push_id=push.treeherder_id,
            started_at=parse_epoch(row.get("start_timestamp")), duration_ms=_duration_ms(row),
            tier=tier(row.get("tier")),
            classification=classified.classification,
            classified_at=classified.classified_at,
            fixed_by=classified.fixed_by,
            modified_at=changed_at,
        ), (changed_at.timestamp() if changed_at else 0, number(row.get("retry_id")) or 0)

    def _is_known(
        self, job_id: str, classification: Classification | None, changed_at: datetime | None
    ) -> bool:
        return (classification is Classification.FIXED_BY_COMMIT
                and changed_at is not None and changed_at == self.known.get(job_id))


def fixed_jobs(rows: Iterable[Row]) -> set[str]:
    """Return the ids of the jobs that are fixed by a commit."""
    return {str(row.get("id")) for row in rows
            if _by_id(row) is Classification.FIXED_BY_COMMIT}


def _name(row: Row) -> tuple[str, str]:
    """Return a job's build system, and its task label or builder name there.

    `ref_data_name` is a hash for all but Buildbot, and was one for some jobs of Buildbot too.
    """
    build_system = text(row.get("build_system_type"))
    if not (build_system or identifier(row.get("task_id"))) and _has_signature(row):
        leave_out(SIGNATURE_NAME)
    build_system = build_system_of(build_system=build_system, task_id=row.get("task_id"))
    name = name_in(row, build_system, label="job_type_name", buildername="ref_data_name")
    if SIGNATURE.fullmatch(name):
        leave_out(SIGNATURE_NAME)
    if name.startswith((DECISION_TASK, ACTION_TASK)):
        leave_out(NO_JOB_TYPE)
    return build_system, name


def _has_signature(row: Row) -> bool:
    return SIGNATURE.fullmatch(text(row.get("ref_data_name"))) is not None


def _classification(row: Row, skipped: Counter[str]) -> Classification | None:
    found = _by_id(row)
    if found is None:
        skipped["unknown classification"] += 1  # the job itself is kept
    return found


def _by_id(row: Row) -> Classification | None:
    classification_id = row.get("failure_classification_id")
    return NAMES.get(classification_id) if isinstance(classification_id, int) else None


def _duration_ms(row: Row) -> int | None:
    start, end = number(row.get("start_timestamp")), number(row.get("end_timestamp"))
    return milliseconds(end - start) if start and end else None


def _notes_of(api: Api, job_id: str) -> list[Note]:
    """Return a job's notes, the oldest first."""
    rows = api.notes(job_id)
    if rows is None:
        logger.warning("%s: job %s is left out: Treeherder has it no longer", api.what, job_id)
        leave_out(GONE)
    ordered = sorted(rows, key=lambda each: number(each.get("id")) or 0)
    return [_to_note(each) for each in ordered]


def _to_note(row: Row) -> Note:
    return Note(stripped(row.get("text")), _by_id(row), time_of(row.get("created")))
