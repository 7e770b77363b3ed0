"""A source is asked for slice after slice, and told apart: one bad slice, or all of it down."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from ..errors import SourceError
from ..sources.slices import Batch, ResultSource, Slice
from ..store.operation import raise_alarm
from ..store.watermarks import (
    forget_failed_slice, move_fill, move_stream, record_failed_slice,
)
from .ingested import Ingested, Progress
from .plan import Kind, Step
from .receiving import lacks_fix
from .saving import Saver

logger = logging.getLogger(__name__)

PATIENCE = 3                     # failures in a row
PROBE = timedelta(minutes=1)


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
