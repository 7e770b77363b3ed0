"""ActiveData as a source of job results."""

import logging
from collections.abc import Iterator
from threading import Lock

import msgspec

from ...errors import RowLimitReached
from ..http import Http, decode_json, naming
from ..job_rows import Row, gather
from ..protocol import Batch, Slice
from .answers import decode_rows, refusal
from .query import NEEDED, Span, build_query, is_full, page_by_job, split
from .rows import decode_row

logger = logging.getLogger(__name__)

READ_TIMEOUT = 310  # seconds; its gateway gives up on a query after 300 and says so


class ActiveData:
    """Sends one query at a time. An answer cut at the row limit is never taken for whole."""

    name = "activedata"

    def __init__(
        self, http: Http, base_url: str, *, table: str = "treeherder", row_limit: int = 10_000
    ):
        self._http = http
        self._url = f"{base_url.rstrip('/')}/query"
        self._table = table
        self._row_limit = row_limit
        self._one_at_a_time = Lock()

    def results(self, piece: Slice) -> Iterator[Batch]:
        """Yield a slice in batches of at most the row limit; see ResultSource."""
        found = left_out = batches = 0
        for span, rows in self._answers(piece):
            batch = gather(rows, decode_row, str(span))
            found += len(batch.results)
            left_out += sum(batch.skipped.values())
            batches += 1
            yield batch
        logger.info("ActiveData gave %d results of %s in %d batches, %d left out",
                    found, piece, batches, left_out)

    def _answers(self, piece: Slice) -> Iterator[tuple[Span, list[Row]]]:
        """Yield spans with all of their rows; a span that was cut is split."""
        waiting = [Span.of(piece)]
        while waiting:
            span = waiting.pop()
            rows = self._request(span)
            if not is_full(rows, self._row_limit):
                yield span, rows
                continue
            logger.debug("%s has at least %d rows and is split", span, len(rows))
            division = page_by_job(span, rows) if span.is_one_second else split(span, rows)
            if division is None:
                raise RowLimitReached(f"{span}: cut at {len(rows)} rows and cannot be split")
            if division.whole:
                yield division.whole_span, division.whole
            waiting.extend(reversed(division.rest))

    def _request(self, span: Span) -> list[Row]:
        query = build_query(span, table=self._table, limit=self._row_limit)
        with self._one_at_a_time, naming(str(span)):
            answer = self._http.post(self._url, msgspec.json.encode(query))
        if not answer.is_good:
            raise refusal(answer, str(span))
        return decode_rows(decode_json(answer, str(span)), NEEDED, str(span))
