"""The one query that we ask, sliced by push time or by last modification.

The language is ActiveData's JX; times are epoch seconds.
"""

from dataclasses import dataclass, replace
from typing import Any

from ..slices import MODIFIED, PUSHED, Slice

COLUMNS = {
    "job_id": "job.id",
    "task_id": "run.taskcluster.id",
    "retry_id": "run.taskcluster.retry_id",
    "buildbot_id": "run.buildbot.id",
    "label": "job.type.name",
    "key": "run.key",
    "symbol": "job.type.symbol",
    "group_symbol": "job.type.group.symbol",
    "platform": "build.platform",
    "buildtype": "build.type",
    "branch": "repo.branch.name",
    "revision": "repo.changeset.id",
    "push_id": "repo.push.id",
    "push_date": "build.date",
    "requested": "action.request_time",
    "started": "action.start_time",
    "duration": "action.duration",
    "result": "run.result",
    "state": "run.state",
    "tier": "run.tier",
    "classification": "failure.classification",
    "note_text": "failure.notes.text",
    "note_created": "failure.notes.created",
    "note_classification": "failure.notes.failure_classification",
    "last_modified": "last_modified",
}
NEEDED = ("job_id", "label", "branch", "revision", "push_date", "result", "last_modified")
TIME_COLUMN = {PUSHED: "push_date", MODIFIED: "last_modified"}


@dataclass(frozen=True)
class Span:
    """The part of a slice that one query asks for: [start, end) in epoch seconds.

    With `from_job` it is paged by job id: only jobs from that id on, in order of the id.
    """

    piece: Slice
    start: float
    end: float
    from_job: int | None = None

    @classmethod
    def of(cls, piece: Slice) -> "Span":
        return cls(piece, piece.start.timestamp(), piece.end.timestamp())

    @property
    def time_column(self) -> str:
        return TIME_COLUMN[self.piece.by]

    def between(self, start: float, end: float) -> "Span":
        return replace(self, start=start, end=end)

    def __str__(self) -> str:
        if self.is_whole:
            return str(self.piece)
        jobs = "" if self.from_job is None else f", jobs from {self.from_job} on"
        return f"{self.piece} (of it {self.start:.3f} to {self.end:.3f}{jobs})"

    @property
    def is_one_second(self) -> bool:
        """Say whether it is too short to be split in time."""
        return self.end - self.start <= 1

    @property
    def is_whole(self) -> bool:
        return self == Span.of(self.piece)


def build_query(span: Span, *, table: str, limit: int) -> dict[str, Any]:
    """Return the JX query for a span: every job in it, whatever its result or classification."""
    return {
        "from": table,
        "select": [{"name": name, "value": value} for name, value in COLUMNS.items()],
        "where": {"and": conditions(span)},
        "sort": [{"value": value, "sort": "asc"} for value in order(span)],
        "limit": limit,
        "format": "table",
    }


def conditions(span: Span) -> list[dict[str, Any]]:
    time = COLUMNS[span.time_column]
    found = [
        {"eq": {"repo.branch.name": span.piece.project}},
        {"gte": {time: span.start}},
        {"lt": {time: span.end}},
        # These make and change the graph; they are no job types.
        {"ne": {"job.type.name": "Gecko Decision Task"}},
        {"not": {"prefix": {"job.type.name": "Action"}}},
    ]
    if span.from_job is not None:
        found.append({"gte": {"job.id": span.from_job}})
    return found


def order(span: Span) -> list[str]:
    if span.from_job is not None:
        return ["job.id"]
    return [COLUMNS[span.time_column], "job.id"]
