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
class IngestLengths:
    """Lengths of time, from SETA_WINDOW, SETA_INGEST_OVERLAP and SETA_INGEST_SLICE."""

    window: timedelta    # of the first fill
    overlap: timedelta   # ingested again, since sources report late
    slice_length: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "IngestLengths":
        return cls(settings.window, settings.ingest_overlap, settings.ingest_slice)


class SliceReason(Enum):
    """Why a slice is ingested, which decides which watermark moves."""

    RETRY = auto()    # it failed in an earlier run
    FILL = auto()     # first fill, by push time
    STREAM = auto()   # what changed since
    BY_HAND = auto()


@dataclass(frozen=True, slots=True)
class Step:
    slice_: Slice
    reason: SliceReason


def next_steps(
    project: str, mark: Watermark, failed: Iterable[FailedSlice], *, now: datetime,
    lengths: IngestLengths,
) -> list[Step]:
    """Return the slices up to `now`: those that failed before, the first fill, the stream.

    The first fill queries by push time, the stream by time of last change, from the moment the
    fill began. Together they miss nothing: the fill gets what was pushed before it ended, and the
    stream what was pushed or changed later. A push in the window was also last changed in it, so
    the stream need not start earlier.
    """
    steps = [Step(to_slice(each), SliceReason.RETRY) for each in failed if not each.is_set_aside]
    start, end = mark.filled_to or now - lengths.window, mark.fill_until or now
    if not mark.is_filled:
        steps += [Step(Slice(project, PUSHED, *span), SliceReason.FILL)
                  for span in cut(start, end, lengths.slice_length)]
    start = max(min(mark.asked_to or end, now) - lengths.overlap, now - lengths.window)
    return steps + [Step(Slice(project, MODIFIED, *span), SliceReason.STREAM)
                    for span in cut(start, now, lengths.slice_length)]


def steps_by_hand(
    project: str, failed: Iterable[FailedSlice], *, start: datetime, end: datetime,
    lengths: IngestLengths,
) -> list[Step]:
    """Return the slices from `start` to `end`, and those that failed or were set aside there."""
    steps = [Step(to_slice(each), SliceReason.RETRY) for each in failed
             if each.start < end and each.end > start]
    return steps + [Step(Slice(project, PUSHED, *span), SliceReason.BY_HAND)
                    for span in cut(start, end, lengths.slice_length)]


def cut(
    start: datetime, end: datetime, slice_length: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """Cut [start, end) into half-open spans, the last one shorter; no spans if it is empty."""
    while start < end:
        yield start, min(start + slice_length, end)
        start += slice_length


def to_slice(failed: FailedSlice) -> Slice:
    return Slice(failed.project, failed.by, failed.start, failed.end)
