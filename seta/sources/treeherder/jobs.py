"""One job of Treeherder's as a job result."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ...domain import RESULTS, Classification, JobResult, Push
from ...errors import SourceGarbled
from ...names import BUILDBOT, TASKCLUSTER, Note
from ..cells import LeftOut, identifier, milliseconds, moment, number, text, tier
from ..job_rows import Decoded, Fix, fix_in
from .api import Api

NAMESPACE = "treeherder"
SIGNATURE = re.compile(r"[0-9a-f]{40}")
NO_JOB_TYPES = ("Gecko Decision Task", "Action")  # they make and change the graph

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
    """Decodes jobs with the help of their pushes and, where they count, their notes."""

    pushes: Mapping[str, Push]
    notes: Callable[[str], list[Note]]

    def __call__(self, row: dict, skipped: Counter[str]) -> Decoded:
        job_id = identifier(row.get("id")) or leave_out("no job id")
        push = self.pushes.get(identifier(row.get("push_id"))) or leave_out("no push")
        result = which_result(row)
        build_system = which_build_system(row)
        name = name_of(row, build_system)
        changed = time_of(row.get("last_modified"))
        said = NAMES.get(row.get("failure_classification_id"))
        if said is None:
            skipped["unknown classification"] += 1  # the job itself is kept
        fix = self._fix(job_id, said)
        return JobResult(
            namespace=NAMESPACE, job_id=job_id, project=push.project,
            build_system=build_system, name=name, revision=push.revision,
            pushed_at=push.pushed_at, result=result, push_id=push.push_id,
            started_at=moment(row.get("start_timestamp")), duration_ms=duration_ms(row),
            tier=tier(row.get("tier")),
            classification=said,
            classified_at=(fix.said_at or changed) if said else None,
            fixed_by=fix.fixed_by,
        ), (changed.timestamp() if changed else 0, number(row.get("retry_id")) or 0)

    def _fix(self, job_id: str, said: Classification | None) -> Fix:
        """What the notes say; asked for only where they can name a fix."""
        if said is not Classification.FIXED_BY_COMMIT:
            return Fix()
        return fix_in(self.notes(job_id))


def leave_out(reason: str):
    raise LeftOut(reason)


def which_result(row: dict) -> str:
    if text(row.get("state")) != "completed":
        raise LeftOut("still running")
    result = text(row.get("result")) or leave_out("no result")
    return result if result in RESULTS else leave_out("unknown result")


def which_build_system(row: dict) -> str:
    said = text(row.get("build_system_type"))
    if said in (TASKCLUSTER.word, BUILDBOT.word):
        return said
    if identifier(row.get("task_id")):
        return TASKCLUSTER.word
    raise LeftOut("no build system")


def name_of(row: dict, build_system: str) -> str:
    """A task label, or the builder name; `ref_data_name` may be a hash, which means nothing."""
    column = "ref_data_name" if build_system == BUILDBOT.word else "job_type_name"
    name = text(row.get(column))
    if not name or SIGNATURE.fullmatch(name):
        raise LeftOut("no name")
    return leave_out("no job type") if name.startswith(NO_JOB_TYPES) else name


def duration_ms(row: dict) -> int | None:
    start, end = number(row.get("start_timestamp")), number(row.get("end_timestamp"))
    return milliseconds(end - start) if start and end else None


def notes_of(api: Api, job_id: str) -> list[Note]:
    """Return a job's notes in the order they were written."""
    answer = api.ask("note", job_id=job_id)
    if not isinstance(answer, list) or not all(isinstance(each, dict) for each in answer):
        raise SourceGarbled(f"{api.what}: the notes of job {job_id} are {str(answer)[:200]!r}")
    ordered = sorted(answer, key=lambda each: number(each.get("id")) or 0)
    return [to_note(each) for each in ordered]


def to_note(row: dict) -> Note:
    words = row.get("text")
    return Note(
        words.strip() if isinstance(words, str) else "",
        NAMES.get(row.get("failure_classification_id")),
        time_of(row.get("created")),
    )


def time_of(value: Any) -> datetime | None:
    """Read Treeherder's times, which are ISO 8601 and UTC, mostly without saying so.

    >>> time_of("2020-03-12T10:11:12.5")
    datetime.datetime(2020, 3, 12, 10, 11, 12, 500000, tzinfo=datetime.timezone.utc)
    """
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
