"""Which slices of a source a run ingests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from ..config import Settings
from ..sources import Slice
from ..sources.protocol import MODIFIED, PUSHED
from ..store.operation.watermarks import FailedSlice, Watermark


@dataclass(frozen=True, slots=True)
class Spans:
    """Lengths of time, from SETA_WINDOW, SETA_INGEST_OVERLAP and SETA_INGEST_SLICE."""

    window: timedelta    # of the first fill
    overlap: timedelta   # ingested again, since sources report late
    piece: timedelta     # of one slice

    @classmethod
    def of(cls, settings: Settings) -> "Spans":
        return cls(settings.window, settings.ingest_overlap, settings.ingest_slice)


class Kind(Enum):
    """Why a slice is ingested, which decides which watermark moves."""

    RETRY = auto()    # it failed in an earlier run
    FILL = auto()     # first fill, by push time
    STREAM = auto()   # what changed since
    BY_HAND = auto()


@dataclass(frozen=True, slots=True)
class Step:
    piece: Slice
    kind: Kind


def next_steps(
    project: str, mark: Watermark, failed: Iterable[FailedSlice], *, now: datetime, spans: Spans
) -> list[Step]:
    """Return the slices up to `now`: those that failed before, the first fill, the stream.

    The first fill queries by push time, the stream by time of last change, from the moment the
    fill began. Together they miss nothing: the fill gets what was pushed before it ended, and the
    stream what was pushed or changed later. A push in the window was also last changed in it, so
    the stream need not start earlier.
    """
    steps = [Step(to_slice(each), Kind.RETRY) for each in failed if not each.is_set_aside]
    start, end = mark.filled_to or now - spans.window, mark.fill_until or now
    if not mark.is_filled:
        steps += [Step(Slice(project, PUSHED, *span), Kind.FILL)
                  for span in cut(start, end, spans.piece)]
    start = max(min(mark.asked_to or end, now) - spans.overlap, now - spans.window)
    return steps + [Step(Slice(project, MODIFIED, *span), Kind.STREAM)
                    for span in cut(start, now, spans.piece)]


def steps_by_hand(
    project: str, failed: Iterable[FailedSlice], *, start: datetime, end: datetime, spans: Spans
) -> list[Step]:
    """Return the slices from `start` to `end`, and those that failed or were set aside there."""
    steps = [Step(to_slice(each), Kind.RETRY) for each in failed
             if each.start < end and each.end > start]
    return steps + [Step(Slice(project, PUSHED, *span), Kind.BY_HAND)
                    for span in cut(start, end, spans.piece)]


def cut(
    start: datetime, end: datetime, piece: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """Cut [start, end) into half-open spans, the last one shorter; no spans if it is empty."""
    while start < end:
        yield start, min(start + piece, end)
        start += piece


def to_slice(failed: FailedSlice) -> Slice:
    return Slice(failed.project, failed.by, failed.start, failed.end)
