"""Ask a source for slice after slice, and tell one bad slice from a source that is down."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from ..errors import SourceError
from ..sources import Batch, ResultSource, Slice
from ..store.operation.alarms import raise_alarm
from ..store.operation.watermarks import (
    forget_failed_slice, move_fill, move_stream, record_failed_slice,
)
from ..store.results.writer import StoredCounts
from .plan import Kind, Step
from .records import Saver, lacks_fix

logger = logging.getLogger(__name__)

PATIENCE = 3                     # failures in a row
PROBE = timedelta(minutes=1)


@dataclass(slots=True)
class Ingested:
    """Counts of one run, as far as it has come."""

    slices: int = 0                      # to be asked for
    had: int = 0                         # all of it is stored
    failed: list[str] = field(default_factory=list)       # could not be had: slice and reason
    set_aside: list[str] = field(default_factory=list)    # will not be asked for again
    missing: int = 0                     # failed slices that are still to be had
    stored: StoredCounts = StoredCounts()
    without_fix: int = 0                 # "fixed by commit", and no revision named
    skipped: Counter[str] = field(default_factory=Counter)  # reason -> rows of the source
    listed: int = 0                      # names in the newest job lists
    list_error: str | None = None        # the list could not be had; the one before stays

    @property
    def is_complete(self) -> bool:
        """Say whether nothing is missing but what was set aside."""
        return self.missing == 0

    @property
    def counts(self) -> dict:
        """As a run's row keeps them."""
        stored = self.stored
        return {
            "slices": self.slices, "had": self.had, "failed": self.failed,
            "set_aside": self.set_aside, "results": stored.results, "new": stored.new,
            "changed": stored.changed, "classifications": stored.classifications,
            "assumed_times": stored.assumed_times, "without_fix": self.without_fix,
            "skipped": dict(self.skipped), "listed": self.listed,
            "list_error": self.list_error,
        }


Progress = Callable[[Ingested], None]


class Asking:
    """Asks a source for the slices of one run.

    A slice is to blame only where the source gives others: what failed is under suspicion until
    another slice is had, in this run or by a probe. A source that gives nothing is down, and no
    slice is blamed for it, or an outage of three runs would set results aside.
    """

    def __init__(
        self, sessions: sessionmaker[Session], source: ResultSource, *, now: datetime,
        progress: Progress | None = None,
    ):
        self._saver = Saver(sessions)
        self._source = source
        self._now = now
        self._progress = progress
        self._suspects: list[tuple[Step, SourceError]] = []
        self._had: Slice | None = None
        self.ingested = Ingested()

    def ask_for(self, steps: Sequence[Step]) -> None:
        """Store all slices that can be had. Raises SourceError when the source is down."""
        self.ingested.slices = len(steps)
        for step in steps:
            try:
                self._take(step)
            except SourceError as error:
                logger.warning("%s could not give %s: %s", self._source.name, step.piece, error)
                self._suspects.append((step, error))
                if len(self._suspects) == PATIENCE:
                    self._judge(steps)
            self._tell()
        self._judge(steps)

    def _take(self, step: Step) -> None:
        """Store a slice batch by batch; with the last one goes the news that it was had."""
        for batch, is_last in with_last(self._source.results(step.piece)):
            stored = self._saver.save(
                batch.results,
                after=(lambda session: self._note_had(session, step)) if is_last else None)
            self.ingested.stored += stored
            self.ingested.skipped += batch.skipped
            self.ingested.without_fix += sum(map(lacks_fix, batch.results))
            if is_last:
                self._blamed()
                self._had = step.piece
                self.ingested.had += 1
            self._tell()

    def _judge(self, steps: Sequence[Step]) -> None:
        """Blame the suspects if the source is up; raise if it is down."""
        if not self._suspects:
            return
        if not self._is_up(steps):
            raise self._suspects[-1][1]
        self._saver.save((), after=self._blame)
        self._blamed()

    def _is_up(self, steps: Sequence[Step]) -> bool:
        """Ask for a minute of a slice that was had, else of one that was not asked for yet."""
        suspects = {step for step, _ in self._suspects}
        piece = self._had or next(
            (step.piece for step in reversed(steps) if step not in suspects), None)
        if piece is None:
            return False
        piece = replace(piece, start=max(piece.start, piece.end - PROBE))
        try:
            next(iter(self._source.results(piece)), None)
        except SourceError as error:
            logger.warning("%s could not give %s either: %s", self._source.name, piece, error)
            return False
        return True

    def _note_had(self, session: Session, step: Step) -> None:
        self._blame(session)
        piece = step.piece
        forget_failed_slice(session, by=piece.by, start=piece.start, end=piece.end,
                            source=self._source.name, project=piece.project)
        self._move(session, step)

    def _blame(self, session: Session) -> None:
        for step, error in self._suspects:
            if step.kind is not Kind.BY_HAND:
                self._record_failure(session, step.piece, error)
            self._move(session, step)

    def _record_failure(self, session: Session, piece: Slice, error: SourceError) -> None:
        failed = record_failed_slice(
            session, source=self._source.name, project=piece.project, by=piece.by,
            start=piece.start, end=piece.end, error=str(error), now=self._now)
        if failed.is_set_aside:
            self.ingested.set_aside.append(str(piece))
            raise_alarm(
                session, set_aside_subject(piece.project),
                f"{self._source.name} did not give {piece} in {failed.failures} runs: it is set "
                f"aside, and its results are missing until it is asked for by hand: {error}")

    def _blamed(self) -> None:
        self.ingested.failed += [f"{step.piece}: {error}" for step, error in self._suspects]
        self._suspects.clear()

    def _move(self, session: Session, step: Step) -> None:
        move = {Kind.FILL: move_fill, Kind.STREAM: move_stream}.get(step.kind)
        if move is not None:
            move(session, source=self._source.name, project=step.piece.project,
                 to=step.piece.end)

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self.ingested)


def with_last(batches: Iterator[Batch]) -> Iterator[tuple[Batch, bool]]:
    """Yield each batch and whether it is the last; an empty one where there is none at all.

    What came before an error is yielded before it.
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
    return f"ingest {project}: set aside"
