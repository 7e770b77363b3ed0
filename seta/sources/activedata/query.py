"""The one query that we send, sliced by push time or by last modification, and how it is split.

The language is ActiveData's JX; times are epoch seconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from ..job_rows import ACTION_TASK, DECISION_TASK, Row
from ..protocol import MODIFIED, PUSHED, Slice
from ..values import LeftOut, number

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
Query = dict[str, Any]
TIME_COLUMN = {PUSHED: "push_date", MODIFIED: "last_modified"}

CLAMPS = (10_000, 50_000)  # where servers have cut answers, whatever limit the query had


@dataclass(frozen=True)
class QueryPart:
    """The part of a slice that one query covers: [start, end) in epoch seconds.

    With `from_job` it is paged by job id: only jobs from that id on, in order of the id.
    """

    slice_: Slice
    start: float
    end: float
    from_job: int | None = None

    @classmethod
    def of(cls, slice_: Slice) -> "QueryPart":
        return cls(slice_, slice_.start.timestamp(), slice_.end.timestamp())

    @property
    def time_column(self) -> str:
        return TIME_COLUMN[self.slice_.by]

    @property
    def is_one_second(self) -> bool:
        """Return whether it is too short to be split in time."""
        return self.end - self.start <= 1

    @property
    def is_whole(self) -> bool:
        return self == QueryPart.of(self.slice_)

    def between(self, start: float, end: float) -> "QueryPart":
        return replace(self, start=start, end=end)

    def __str__(self) -> str:
        if self.is_whole:
            return str(self.slice_)
        jobs = "" if self.from_job is None else f", jobs from {self.from_job} on"
        return f"{self.slice_} (the part from {self.start:.3f} to {self.end:.3f}{jobs})"


def query_for_jobs(project: str, job_ids: Iterable[int], *, table: str, limit: int) -> Query:
    """Return the JX query for these jobs of a project."""
    return _query(
        [{"eq": {"repo.branch.name": project}}, {"in": {"job.id": list(job_ids)}}], ["job.id"],
        table=table, limit=limit)


def build_query(part: QueryPart, *, table: str, limit: int) -> Query:
    """Return the JX query for a part: every job in it, whatever its result or classification."""
    time = COLUMNS[part.time_column]
    conditions: list[dict[str, Any]] = [
        {"eq": {"repo.branch.name": part.slice_.project}},
        {"gte": {time: part.start}},
        {"lt": {time: part.end}},
        {"ne": {"job.type.name": DECISION_TASK}},
        {"not": {"prefix": {"job.type.name": ACTION_TASK}}},
    ]
    order = [time, "job.id"]
    if part.from_job is not None:
        conditions.append({"gte": {"job.id": part.from_job}})
        order = ["job.id"]
    return _query(conditions, order, table=table, limit=limit)


def _query(
    conditions: list[dict[str, Any]], order: list[str], *, table: str, limit: int
) -> Query:
    return {
        "from": table,
        "select": [{"name": name, "value": value} for name, value in COLUMNS.items()],
        "where": {"and": conditions},
        "sort": [{"value": value, "sort": "asc"} for value in order],
        "limit": limit,
        "format": "table",
    }


def is_full(rows: list[Row], limit: int) -> bool:
    return len(rows) >= limit or len(rows) in CLAMPS


@dataclass(frozen=True)
class Division:
    """A part divided: one whose rows are all there, and those still to be queried."""

    whole_part: QueryPart
    whole: list[Row]
    rest: list[QueryPart]


def split(part: QueryPart, rows: list[Row]) -> Division:
    """Split a part in time.

    Rows come in order of time, so every row before the last one's time is there, and the next
    part starts at that time. If all rows share the first time, the part's first second is split
    off; if they are not in order, it is halved.
    """
    times = [_number(row.get(part.time_column)) for row in rows]
    if not in_order(times) or not part.start <= times[-1] < part.end:
        return _cut_at(part, (part.start + part.end) / 2)
    cut = times[-1]
    if cut == part.start:
        return _cut_at(part, part.start + 1)
    whole = [row for row, time in zip(rows, times) if time < cut]
    return Division(part.between(part.start, cut), whole, [part.between(cut, part.end)])


def _cut_at(part: QueryPart, moment: float) -> Division:
    """Discard the answer; both halves are still to be queried."""
    return Division(
        part, [], [part.between(part.start, moment), part.between(moment, part.end)])


def page_by_job(part: QueryPart, rows: list[Row]) -> Division | None:
    """Page a part of a second or less by job id; None where that gets no further.

    The rows of the page's last job come again with the next page, since a job may have two rows
    and both belong into one batch.
    """
    if part.from_job is None:
        return Division(part, [], [replace(part, from_job=0)])
    jobs = [_number(row.get("job_id")) for row in rows]
    if not in_order(jobs) or jobs[-1] <= part.from_job:
        return None
    whole = [row for row, job in zip(rows, jobs) if job < jobs[-1]]
    return Division(part, whole, [replace(part, from_job=int(jobs[-1]))])


def _number(value: Any) -> float | None:
    try:
        return number(value)
    except LeftOut:
        return None


def in_order(values: list[float | None]) -> TypeGuard[list[float]]:
    """Return whether all values are there and none is smaller than the one before it."""
    numbers = [value for value in values if value is not None]
    return len(numbers) == len(values) and all(
        before <= after for before, after in zip(numbers, numbers[1:]))
