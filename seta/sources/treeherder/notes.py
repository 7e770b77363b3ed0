"""What sheriffs wrote beside a job."""

from datetime import UTC, datetime
from typing import Any

from seta.errors import SourceGarbled
from seta.names import Note

from ..cells import number
from .asking import Api
from .classifications import NAMES


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
