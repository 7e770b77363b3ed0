"""A source that holds its results in memory, and fails where a test wants it to."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from seta.domain import JobResult, ListedJob
from seta.errors import SourceUnavailable
from seta.sources import Batch, Slice
from seta.sources.protocol import MODIFIED, nothing_known

from . import NOON, job, star


@dataclass
class MemorySource:
    """Holds, as ActiveData does, the newest version of each job and when that was changed."""

    name: str = "activedata"
    batch: int = 3
    is_down: bool = False
    bad: set[datetime] = field(default_factory=set)  # a slice that holds one cannot be had
    breaks_off: datetime | None = None               # its slice ends after a first batch
    goes_down_after: int | None = None               # this many slices
    requests: list[Slice] = field(default_factory=list)
    jobs: dict[str, tuple[datetime, JobResult]] = field(default_factory=dict)
    cannot_ask_again: bool = False
    asked_again: list[list[str]] = field(default_factory=list)
    jobs_listed: list[ListedJob] | None = None

    def hold(self, result: JobResult, changed_at: datetime | None = None) -> None:
        changed_at = changed_at or result.known_at
        self.jobs[result.job_id] = changed_at, replace(result, modified_at=changed_at)

    def shown_until(self, *, now):
        return now

    def results(self, slice_: Slice, known=nothing_known):
        self.requests.append(slice_)
        if self.goes_down_after is not None and len(self.requests) > self.goes_down_after:
            self.is_down = True
        found = sorted(
            (changed_at, int(result.job_id), result) for changed_at, result in
            self.jobs.values()
            if slice_.start <= self.time_of(slice_, changed_at, result) < slice_.end)
        results = [each[2] for each in found if each[2].project == slice_.project]
        self.check(slice_)
        for start in range(0, len(results), self.batch):
            yield Batch(results[start:start + self.batch], Counter({"still running": 1}))
            if self.breaks_off is not None and slice_.start <= self.breaks_off < slice_.end:
                raise SourceUnavailable(f"the answer for {slice_} broke off")

    def present(self, project, job_ids, known=nothing_known):
        self.asked_again.append(list(job_ids))
        if self.is_down or self.cannot_ask_again:
            raise SourceUnavailable(f"no answer for jobs of {project}")
        found = [self.jobs[job_id][1] for job_id in job_ids if job_id in self.jobs]
        yield Batch(found, Counter())

    def time_of(self, slice_, changed_at, result):
        return changed_at if slice_.by == MODIFIED else result.pushed_at

    def check(self, slice_: Slice) -> None:
        if self.is_down or any(slice_.start <= moment < slice_.end for moment in self.bad):
            raise SourceUnavailable(f"no answer for {slice_}")

    def newest_list(self, project: str) -> list[ListedJob]:
        if self.jobs_listed is None:
            raise SourceUnavailable(f"no job list of {project}")
        return self.jobs_listed


def three_days() -> MemorySource:
    """Two jobs an hour for the last three days, some of them starred."""
    source = MemorySource()
    for hour in range(72):
        pushed_at = NOON - timedelta(hours=hour, minutes=30)
        fields = {"pushed_at": pushed_at, "started_at": pushed_at, "revision": f"{hour:040x}"}
        source.hold(job(2 * hour, **fields))
        if hour % 5 == 0:
            source.hold(star(2 * hour + 1, at=pushed_at + timedelta(hours=1), **fields))
        else:
            source.hold(job(2 * hour + 1, name="test-linux64/opt-mochitest-2", **fields))
    return source
