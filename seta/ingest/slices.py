"""Ingest slice after slice of a source, and distinguish a bad slice from a source that is down."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from ..errors import SourceError
from ..sources import Batch, ResultSource, Slice
from ..sources.protocol import PUSHED
from ..store.operation.alarms import raise_alarm
from ..store.operation.watermarks import (
    forget_failed_slice, move_fill, move_stream, record_failed_slice,
)
from ..store.results.classifications import known_fixes
from ..store.results.news import Asked
from ..store.results.writer import StoredCounts
from .plan import SliceReason, Step
from .records import Saver, Work, lacks_fix

logger = logging.getLogger(__name__)

FAILURES_BEFORE_PROBE = 3   # in a row
PROBE = timedelta(minutes=1)


@dataclass(slots=True)
class IngestReport:
    """Counts of one run so far."""

    slices: int = 0                      # planned
    done: int = 0                        # stored completely
    failed: list[str] = field(default_factory=list)       # slice and reason
    set_aside: list[str] = field(default_factory=list)    # slices that are not retried
    missing: int = 0                     # slices without their results, except those set aside
    error: str | None = None             # what is missing and why
    stored: StoredCounts = StoredCounts()
    without_fix: int = 0                 # "fixed by commit", and no revision named
    skipped: Counter[str] = field(default_factory=Counter)  # reason -> rows of the source
    listed: int = 0                      # names in the newest job lists
    list_error: str | None = None        # why there is no new job list; the old one stays
    ask_again_error: str | None = None   # why the jobs fixed by a commit were not asked again

    @property
    def is_complete(self) -> bool:
        """Return whether nothing is missing except what was set aside."""
        return self.missing == 0 and self.ask_again_error is None

    @property
    def counts(self) -> dict[str, Any]:
        """The counts as stored with a run."""
        stored = self.stored
        return {
            "slices": self.slices, "done": self.done, "failed": self.failed,
            "set_aside": self.set_aside, "results": stored.results, "new": stored.new,
            "changed": stored.changed, "classifications": stored.classifications,
            "assumed_times": stored.assumed_times, "without_fix": self.without_fix,
            "skipped": dict(self.skipped), "listed": self.listed,
            "list_error": self.list_error,
        }


Progress = Callable[[IngestReport], None]


class SliceIngester:
    """Ingests the slices of one run, and reports on them.

    A slice is to blame only if the source answers for others: a slice that failed is a suspect
    until another one succeeds, in this run or as a probe. A source that answers for none is
    down, and no slice is blamed: otherwise an outage of three runs would set results aside.
    """

    def __init__(
        self, sessions: sessionmaker[Session], source: ResultSource, *, now: datetime,
        asked_before: datetime | None = None, progress: Progress | None = None,
    ):
        self._sessions = sessions
        self._saver = Saver(sessions)
        self._source = source
        self._now = now
        self._asked_before = asked_before
        self._shown_until = now
        self._progress = progress
        self._suspects: list[tuple[Step, SourceError]] = []
        self._last_good: Slice | None = None
        self.report = IngestReport()

    def ingest(self, steps: Sequence[Step], *, shown_until: datetime) -> None:
        """Store every slice that the source answers for. Raises SourceError when it is down.

        The stream's watermark moves no further than to `shown_until`: later changes may still
        come to be seen.
        """
        self._shown_until = shown_until
        self.report.slices = len(steps)
        for step in steps:
            try:
                self._ingest_slice(step)
            except SourceError as error:
                logger.warning("%s failed on %s: %s", self._source.name, step.slice_, error)
                self._suspects.append((step, error))
                if len(self._suspects) == FAILURES_BEFORE_PROBE:
                    self._judge(steps)
            self._show_progress()
        self._judge(steps)

    def _ingest_slice(self, step: Step) -> None:
        """Store a slice batch by batch; its success is recorded with the last batch."""
        asked = self._asked(is_first_look=step.slice_.by == PUSHED)
        for batch, is_last in with_last(self._source.results(step.slice_, self._known)):
            self._store(batch, asked, after=(
                lambda session: self._record_success(session, step)) if is_last else None)
            if is_last:
                self._report_suspects()
                self._last_good = step.slice_
                self.report.done += 1
            self._show_progress()

    def ask_again(self, project: str, job_ids: Sequence[str]) -> None:
        """Store the present state of these jobs. Raises SourceError when there is no answer."""
        for batch in self._source.present(project, job_ids, self._known):
            self._store(batch, self._asked(is_first_look=False))
            self._show_progress()

    def _store(self, batch: Batch, asked: Asked, after: Work | None = None) -> None:
        self.report.stored += self._saver.save(batch.results, after=after, asked=asked)
        self.report.skipped += batch.skipped
        self.report.without_fix += sum(map(lacks_fix, batch.results))

    def _asked(self, *, is_first_look: bool) -> Asked:
        return Asked(self._now, self._asked_before, is_first_look)

    def _known(self, job_ids: Collection[str]) -> Mapping[str, datetime]:
        with self._sessions() as session:
            return known_fixes(session, job_ids)

    def _judge(self, steps: Sequence[Step]) -> None:
        """Blame the suspects if the source is up; raise if it is down."""
        if not self._suspects:
            return
        if not self._is_up(steps):
            raise self._suspects[-1][1]
        self._saver.save((), after=self._blame_suspects)
        self._report_suspects()

    def _is_up(self, steps: Sequence[Step]) -> bool:
        """Probe a minute of the last good slice, or else of one that is yet to come."""
        suspects = {step for step, _ in self._suspects}
        slice_ = self._last_good or next(
            (step.slice_ for step in reversed(steps) if step not in suspects), None)
        if slice_ is None:
            return False
        slice_ = replace(slice_, start=max(slice_.start, slice_.end - PROBE))
        try:
            next(iter(self._source.results(slice_)), None)
        except SourceError as error:
            logger.warning("%s failed on %s too: %s", self._source.name, slice_, error)
            return False
        return True

    def _record_success(self, session: Session, step: Step) -> None:
        self._blame_suspects(session)
        slice_ = step.slice_
        forget_failed_slice(session, by=slice_.by, start=slice_.start, end=slice_.end,
                            source=self._source.name, project=slice_.project)
        self._move_watermark(session, step)

    def _blame_suspects(self, session: Session) -> None:
        for step, error in self._suspects:
            if step.reason is not SliceReason.BY_HAND:
                self._record_failure(session, step.slice_, error)
            self._move_watermark(session, step)

    def _record_failure(self, session: Session, slice_: Slice, error: SourceError) -> None:
        failed = record_failed_slice(
            session, source=self._source.name, project=slice_.project, by=slice_.by,
            start=slice_.start, end=slice_.end, error=str(error), now=self._now)
        if failed.is_set_aside:
            self.report.set_aside.append(str(slice_))
            raise_alarm(
                session, set_aside_subject(slice_.project),
                f"{self._source.name} failed on slice {slice_} in {failed.failures} runs: the "
                "slice is set aside, and its results are missing until somebody ingests it by "
                f"hand: {error}")

    def _report_suspects(self) -> None:
        """Count the suspects as failed, once their blame is committed."""
        self.report.failed += [f"{step.slice_}: {error}" for step, error in self._suspects]
        self._suspects.clear()

    def _move_watermark(self, session: Session, step: Step) -> None:
        key = {"source": self._source.name, "project": step.slice_.project}
        if step.reason is SliceReason.FILL:
            move_fill(session, **key, to=step.slice_.end)
        elif step.reason is SliceReason.STREAM:
            move_stream(session, **key, to=min(step.slice_.end, self._shown_until))

    def _show_progress(self) -> None:
        if self._progress is not None:
            self._progress(self.report)


def with_last(batches: Iterator[Batch]) -> Iterator[tuple[Batch, bool]]:
    """Yield each batch and whether it is the last; one empty batch if there are none.

    On an error, the batches before it are yielded first.
    """
    waiting: Batch | None = None
    try:
        for batch in batches:
            if waiting is not None:
                yield waiting, False
            waiting = batch
    except SourceError:
        if waiting is not None:
            yield waiting, False
        raise
    yield waiting or Batch([], Counter()), True


def set_aside_subject(project: str) -> str:
    """The subject of the alarm."""
    return f"ingest {project}: set aside"
