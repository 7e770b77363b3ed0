"""What to ask next when an answer was cut at the row limit.

An answer says nothing when it is cut: being exactly as long as a limit is the only sign.
"""

from dataclasses import dataclass, replace
from typing import Any

from ..cells import LeftOut, number
from .query import Span
from .tables import Row

CLAMPS = (10_000, 50_000)  # what servers have cut answers at, whatever was asked for


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
