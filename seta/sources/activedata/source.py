"""ActiveData as a source of job results."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import msgspec

from ...errors import SourceTooSlow
from ..http import Http, decode_json, naming
from ..job_rows import Row, gather
from ..protocol import Batch, KnownFixes, Slice, nothing_known
from ..values import parse_epoch
from .answers import decode_rows, refusal
from .pace import Pace, Patience, Spent
from .query import NEEDED, JobsPart, SpanPart, build_query, is_full, newest_change_query
from .rows import decode_row

logger = logging.getLogger(__name__)

JOBS_PER_QUERY = 1000
FEW_JOBS = 50  # not split because they were too slow
LONGEST_LAG = timedelta(days=2)       # that is waited for
WORTH_A_WARNING = timedelta(hours=6)

Answered = tuple[SpanPart | JobsPart, list[Row]]


class ActiveData:
    """Sends one query at a time, each for as much as ActiveData can answer in time.

    The rows of an answer that was cut at the row limit are not used: that they are sorted does
    not prove that they are the first ones. Less is asked for instead, and so it is after a 504,
    a time-out or an answer that broke off, within the limits of `patience`. Rows that change
    while a slice is read have changed after it, so they come with a later one.
    """

    name = "activedata"

    def __init__(
        self, http: Http, base_url: str, *, table: str = "treeherder", row_limit: int = 10_000,
        patience: Patience = Patience(),
    ):
        self._http = http
        self._url = f"{base_url.rstrip('/')}/query"
        self._table = table
        self._row_limit = row_limit
        self._patience = patience
        self._paces: dict[tuple[str, str], Pace] = defaultdict(lambda: Pace(patience))
        self._one_at_a_time = Lock()

    def shown_until(self, *, now: datetime) -> datetime:
        """Return the last change that ActiveData shows of any job, two days ago at the earliest.

        It copies jobs in order of their last change, often hours later. What it has not copied
        yet must be requested the next time.
        """
        earliest = now - LONGEST_LAG
        query = newest_change_query(earliest.timestamp(), table=self._table)
        try:
            rows = self._ask("the newest change that ActiveData shows", query,
                             ("last_modified",), Spent(self._patience))
        except SourceTooSlow as error:
            logger.warning("assuming ActiveData is %d days behind: %s", LONGEST_LAG.days, error)
            return earliest
        newest = rows and parse_epoch(rows[0].get("last_modified")) or earliest
        if now - newest > WORTH_A_WARNING:
            logger.warning("ActiveData is behind: its newest change is of %s or before", newest)
        return min(now, max(newest, earliest))

    def results(self, slice_: Slice, known: KnownFixes = nothing_known) -> Iterator[Batch]:
        """Yield a slice in batches smaller than the row limit; see ResultSource.

        Notes come with their jobs, so what is known saves no request.
        """
        yield from self._batches(self._slice(slice_), str(slice_))

    def present(
        self, project: str, job_ids: Collection[str], known: KnownFixes = nothing_known
    ) -> Iterator[Batch]:
        """Yield these jobs as they are now; see ResultSource."""
        ids = sorted({int(each) for each in job_ids if each.isdigit()})
        size = max(1, min(JOBS_PER_QUERY, self._row_limit // 2))
        parts = [JobsPart(project, tuple(ids[first:first + size]))
                 for first in range(0, len(ids), size)]
        yield from self._batches(self._jobs(parts), f"{len(ids)} jobs of {project}")

    def _batches(self, answers: Iterator[Answered], what: str) -> Iterator[Batch]:
        found = left_out = batches = 0
        for part, rows in answers:
            batch = gather(rows, decode_row, str(part))
            found += len(batch.results)
            left_out += sum(batch.skipped.values())
            batches += 1
            yield batch
        logger.info("ActiveData gave %d results of %s in %d batches, %d left out",
                    found, what, batches, left_out)

    def _slice(self, slice_: Slice) -> Iterator[Answered]:
        """Yield the parts of a slice in order of time, each with all of its rows."""
        pace = self._paces[slice_.project, slice_.by]
        spent = Spent(self._patience)
        start, end = slice_.start.timestamp(), slice_.end.timestamp()
        while start < end:
            part = SpanPart(slice_, start, pace.end_of_part(start, end))
            before = spent.seconds
            try:
                rows = self._request(part, spent)
            except SourceTooSlow as error:
                if not pace.was_too_slow(part.seconds):
                    raise
                logger.info("less will be asked for: %s", error)
                continue
            if not is_full(rows, self._row_limit):
                pace.was_good(part.seconds, took=spent.seconds - before, rows=len(rows),
                              limit=self._row_limit)
                yield part, rows
            elif part.seconds <= 1:
                yield from self._halved(part.halves(rows), spent)
            else:
                first, last = part.extent(rows)
                pace.was_full(part.seconds, first=first, last=last)
                continue
            start = part.end

    def _halved(self, parts: list[SpanPart], spent: Spent) -> Iterator[Answered]:
        """Yield parts with all of their rows; one that is cut is divided by job id."""
        waiting = list(reversed(parts))
        while waiting:
            part = waiting.pop()
            rows = self._request(part, spent)
            if is_full(rows, self._row_limit):
                waiting += reversed(part.halves(rows))
            else:
                yield part, rows

    def _jobs(self, parts: list[JobsPart]) -> Iterator[Answered]:
        """Yield parts with all of their rows; one that is cut or too slow is divided."""
        spent = Spent(self._patience)
        waiting = list(reversed(parts))
        while waiting:
            part = waiting.pop()
            try:
                rows = self._request(part, spent)
            except SourceTooSlow:
                if len(part.job_ids) <= FEW_JOBS:
                    raise
                waiting += reversed(part.halves([]))
                continue
            if is_full(rows, self._row_limit):
                waiting += reversed(part.halves(rows))
            else:
                yield part, rows

    def _request(self, part: SpanPart | JobsPart, spent: Spent) -> list[Row]:
        """Return the rows of a part. Raises SourceTooSlow when enough has been spent."""
        spent.check(str(part))
        query = build_query(part, table=self._table, limit=self._row_limit)
        return self._ask(str(part), query, NEEDED, spent)

    def _ask(
        self, what: str, query: dict[str, Any], needed: tuple[str, ...], spent: Spent
    ) -> list[Row]:
        with self._one_at_a_time, naming(what), spent.on_a_query():
            answer = self._http.post(self._url, msgspec.json.encode(query))
        if not answer.is_good:
            raise refusal(answer, what)
        return decode_rows(decode_json(answer, what), needed, what)
