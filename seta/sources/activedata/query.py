"""The one query that we send, sliced by push time or by last modification, and how it is split.

The language is ActiveData's JX; times are epoch seconds.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from ...domain.plurals import pluralize
from ...errors import RowLimitReached
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
    "extracted": "etl.timestamp",  # of the document; a job may have several
}
NEEDED = ("job_id", "label", "branch", "revision", "push_date", "result", "last_modified")
TIME_COLUMN = {PUSHED: "push_date", MODIFIED: "last_modified"}

Condition = dict[str, Any]

CLAMPS = (10_000, 50_000)  # where servers have cut answers, whatever limit the query had


@dataclass(frozen=True)
class SpanPart:
    """A part of a slice that one query covers: [start, end) in epoch seconds.

    Where a second holds too many rows, only jobs with ids from `first_job` on and below
    `end_job`.
    """

    slice_: Slice
    start: float
    end: float
    first_job: int | None = None
    end_job: int | None = None

    @property
    def time_column(self) -> str:
        return TIME_COLUMN[self.slice_.by]

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def conditions(self) -> list[Condition]:
        time = COLUMNS[self.time_column]
        found: list[Condition] = [
            {"eq": {"repo.branch.name": self.slice_.project}},
            {"gte": {time: self.start}},
            {"lt": {time: self.end}},
            {"ne": {"job.type.name": DECISION_TASK}},
            {"not": {"prefix": {"job.type.name": ACTION_TASK}}},
        ]
        if self.first_job is not None:
            found.append({"gte": {"job.id": self.first_job}})
        if self.end_job is not None:
            found.append({"lt": {"job.id": self.end_job}})
        return found

    @property
    def order(self) -> list[str]:
        return [COLUMNS[self.time_column], "job.id"]

    def extent(self, rows: list[Row]) -> tuple[float, float]:
        """Return how many seconds after its start the first and the last of some rows lie."""
        times = [time for row in rows if (time := _number(row.get(self.time_column))) is not None
                 and self.start <= time < self.end]
        return (min(times) - self.start, max(times) - self.start) if times else (0, 0)

    def halves(self, rows: list[Row]) -> list[Self]:
        """Divide it by job id, in the middle of the ids of a cut answer.

        Raises RowLimitReached where that gets no further.
        """
        ids = sorted({int(job) for row in rows if (job := _number(row.get("job_id"))) is not None
                      and (self.first_job is None or job >= self.first_job)
                      and (self.end_job is None or job < self.end_job)})
        if len(ids) < 2:
            raise RowLimitReached(f"{self}: cut at {len(rows)} rows and cannot be split")
        middle = ids[len(ids) // 2]
        return [replace(self, end_job=middle), replace(self, first_job=middle)]

    def __str__(self) -> str:
        if (self.start, self.end) == (self.slice_.start.timestamp(), self.slice_.end.timestamp()):
            return f"{self.slice_}{self._jobs}"
        return (f"{self.slice_} (the part from {_time_of_day(self.start)} to "
                f"{_time_of_day(self.end)}{self._jobs})")

    @property
    def _jobs(self) -> str:
        first = "" if self.first_job is None else f", jobs from {self.first_job}"
        return first + ("" if self.end_job is None else f", jobs below {self.end_job}")


@dataclass(frozen=True)
class JobsPart:
    """Some jobs of a project, by their ids."""

    project: str
    job_ids: tuple[int, ...]

    @property
    def conditions(self) -> list[Condition]:
        return [{"eq": {"repo.branch.name": self.project}},
                {"in": {"job.id": list(self.job_ids)}}]

    @property
    def order(self) -> list[str]:
        return ["job.id"]

    def halves(self, rows: list[Row]) -> list[Self]:
        """Raises RowLimitReached where a single job has too many rows."""
        if len(self.job_ids) < 2:
            raise RowLimitReached(f"{self}: cut at {len(rows)} rows and cannot be split")
        middle = len(self.job_ids) // 2
        return [replace(self, job_ids=self.job_ids[:middle]),
                replace(self, job_ids=self.job_ids[middle:])]

    def __str__(self) -> str:
        return (f"{pluralize(len(self.job_ids), 'job')} of {self.project} "
                f"({self.job_ids[0]} to {self.job_ids[-1]})")


def build_query(part: SpanPart | JobsPart, *, table: str, limit: int) -> dict[str, Any]:
    """Return the JX query for a part: every job in it, whatever its result or classification."""
    return {
        "from": table,
        "select": [{"name": name, "value": value} for name, value in COLUMNS.items()],
        "where": {"and": part.conditions},
        "sort": [{"value": value, "sort": "asc"} for value in part.order],
        "limit": limit,
        "format": "table",
    }


def newest_change_query(since: float, *, table: str) -> dict[str, Any]:
    """Return the JX query for the job of any project that changed last."""
    return {
        "from": table,
        "select": [{"name": name, "value": COLUMNS[name]} for name in ("job_id", "last_modified")],
        "where": {"gte": {"last_modified": since}},
        "sort": [{"value": "last_modified", "sort": "desc"}],
        "limit": 1,
        "format": "table",
    }


def is_full(rows: list[Row], limit: int) -> bool:
    """Say whether an answer may have been cut; its length is the only sign of that."""
    return len(rows) >= limit or len(rows) in CLAMPS


def _time_of_day(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S.%f}"[:-3]


def _number(value: Any) -> float | None:
    try:
        return number(value)
    except LeftOut:
        return None
