"""The one query that we ask, sliced by push time or by last modification.

The language is ActiveData's JX; times are epoch seconds.
"""

from dataclasses import dataclass, replace
from typing import Any

from ..cells import LeftOut, number
from ..protocol import MODIFIED, PUSHED, Slice
from .answers import Row

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

CLAMPS = (10_000, 50_000)  # what servers have cut answers at, whatever was asked for


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


@dataclass(frozen=True)
class Division:
    """A part of a span that is whole already, and the spans still to be asked for."""

    whole_span: Span
    whole: list[Row]
    rest: list[Span]


def is_full(rows: list[Row], limit: int) -> bool:
    return len(rows) >= limit or len(rows) in CLAMPS


def split(span: Span, rows: list[Row]) -> Division:
    """Split a span in time.

    Rows came in order of time, so all before the time of the last one are there, and the rest
    begins with it. Where all are of the span's first moment, its first second is split off;
    where they are not in order, it is halved.
    """
    times = [as_number(row.get(span.time_column)) for row in rows]
    if not in_order(times) or not span.start <= times[-1] < span.end:
        return cut_at(span, (span.start + span.end) / 2)
    cut = times[-1]
    if cut == span.start:
        return cut_at(span, span.start + 1)
    whole = [row for row, time in zip(rows, times) if time < cut]
    return Division(span.between(span.start, cut), whole, [span.between(cut, span.end)])


def cut_at(span: Span, moment: float) -> Division:
    """Nothing of the answer is used; both parts are to be asked for."""
    return Division(
        span, [], [span.between(span.start, moment), span.between(moment, span.end)])


def page_by_job(span: Span, rows: list[Row]) -> Division | None:
    """Page a span of a second or less by job id; None where that gets no further.

    The rows of the page's last job are asked for again with the next page, since a job may
    come twice and both of its rows belong into one batch.
    """
    if span.from_job is None:
        return Division(span, [], [replace(span, from_job=0)])
    jobs = [as_number(row.get("job_id")) for row in rows]
    if not in_order(jobs) or jobs[-1] <= span.from_job:
        return None
    whole = [row for row, job in zip(rows, jobs) if job < jobs[-1]]
    return Division(span, whole, [replace(span, from_job=int(jobs[-1]))])


def as_number(cell: Any) -> float | None:
    try:
        return number(cell)
    except LeftOut:
        return None


def in_order(values: list[float | None]) -> bool:
    """Say whether all values are there and none is smaller than the one before it."""
    if None in values:
        return False
    return all(before <= after for before, after in zip(values, values[1:]))
