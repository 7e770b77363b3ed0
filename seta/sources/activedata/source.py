"""ActiveData as a source of job results."""

import logging
from collections.abc import Collection, Iterator
from threading import Lock

import msgspec

from ...errors import RowLimitReached
from ..http import Http, decode_json, naming
from ..job_rows import Row, gather
from ..protocol import Batch, KnownFixes, Slice, nothing_known
from .answers import decode_rows, refusal
from .query import (
    NEEDED, Query, QueryPart, build_query, is_full, page_by_job, query_for_jobs, split,
)
from .rows import decode_row

logger = logging.getLogger(__name__)

READ_TIMEOUT = 310  # seconds; its gateway gives up on a query after 300 and says so
JOBS_PER_QUERY = 1000


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

    def results(self, slice_: Slice, known: KnownFixes = nothing_known) -> Iterator[Batch]:
        """Yield a slice in batches of at most the row limit; see ResultSource.

        Notes come with their jobs, so what is known saves no request.
        """
        found = left_out = batches = 0
        for part, rows in self._answers(slice_):
            batch = gather(rows, decode_row, str(part))
            found += len(batch.results)
            left_out += sum(batch.skipped.values())
            batches += 1
            yield batch
        logger.info("ActiveData gave %d results of %s in %d batches, %d left out",
                    found, slice_, batches, left_out)

    def present(
        self, project: str, job_ids: Collection[str], known: KnownFixes = nothing_known
    ) -> Iterator[Batch]:
        """Yield these jobs as they are now; see ResultSource."""
        ordered = [int(job_id) for job_id in job_ids if job_id.isdigit()]
        size = min(JOBS_PER_QUERY, self._row_limit // 2)  # a job may have several rows
        for first in range(0, len(ordered), size):
            ids = ordered[first:first + size]
            what = f"{len(ids)} jobs of {project} from {ids[0]} on"
            rows = self._ask(what, query_for_jobs(
                project, ids, table=self._table, limit=self._row_limit))
            if is_full(rows, self._row_limit):
                raise RowLimitReached(f"{what}: cut at {len(rows)} rows")
            yield gather(rows, decode_row, what)

    def _answers(self, slice_: Slice) -> Iterator[tuple[QueryPart, list[Row]]]:
        """Yield parts with all of their rows; a part that was cut is split."""
        waiting = [QueryPart.of(slice_)]
        while waiting:
            part = waiting.pop()
            rows = self._request(part)
            if not is_full(rows, self._row_limit):
                yield part, rows
                continue
            logger.debug("%s has at least %d rows and is split", part, len(rows))
            division = page_by_job(part, rows) if part.is_one_second else split(part, rows)
            if division is None:
                raise RowLimitReached(f"{part}: cut at {len(rows)} rows and cannot be split")
            if division.whole:
                yield division.whole_part, division.whole
            waiting.extend(reversed(division.rest))

    def _request(self, part: QueryPart) -> list[Row]:
        return self._ask(
            str(part), build_query(part, table=self._table, limit=self._row_limit))

    def _ask(self, what: str, query: Query) -> list[Row]:
        with self._one_at_a_time, naming(what):
            answer = self._http.post(self._url, msgspec.json.encode(query))
        if not answer.is_good:
            raise refusal(answer, what)
        return decode_rows(decode_json(answer, what), NEEDED, what)
