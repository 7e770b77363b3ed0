"""Treeherder as a source of job results."""

import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from seta.domain import Push

from ..cells import identifier
from ..gathering import gather
from ..http import Http
from ..slices import PUSHED, Batch, Slice
from .asking import JOBS_A_PAGE, PUSHES_A_PAGE, Api
from .jobs import JobDecoder
from .notes import notes_of
from .pushes import pushes_between, pushes_by_id

logger = logging.getLogger(__name__)


class Treeherder:
    """Reads jobs page by page. Notes are asked for one job at a time, and only for fixed ones."""

    name = "treeherder"

    def __init__(
        self, http: Http, base_url: str, *,
        jobs_a_page: int = JOBS_A_PAGE, pushes_a_page: int = PUSHES_A_PAGE,
    ):
        self._http = http
        self._base_url = base_url
        self._jobs_a_page = jobs_a_page
        self._pushes_a_page = pushes_a_page

    def results(self, piece: Slice) -> Iterator[Batch]:
        """Yield a slice in batches of at most a page; see ResultSource."""
        api = Api(self._http, self._base_url, piece.project, str(piece))
        found = 0
        for batch in self._pushed(api, piece) if piece.by == PUSHED else self._modified(api, piece):
            found += len(batch.results)
            yield batch
        logger.info("Treeherder gave %d results of %s", found, piece)

    def _pushed(self, api: Api, piece: Slice) -> Iterator[Batch]:
        for push in pushes_between(api, piece, self._pushes_a_page):
            for rows in api.pages("jobs", self._jobs_a_page, push_id=push.push_id):
                yield to_batch(api, rows, {push.push_id: push})

    def _modified(self, api: Api, piece: Slice) -> Iterator[Batch]:
        spanned = {
            "last_modified__gte": utc_text(piece.start),
            "last_modified__lt": utc_text(piece.end),
        }
        for rows in api.pages("jobs", self._jobs_a_page, **spanned):
            asked = {identifier(row.get("push_id")) for row in rows} - {""}
            yield to_batch(api, rows, pushes_by_id(api, piece.project, asked))


def to_batch(api: Api, rows: list[dict], pushes: Mapping[str, Push]) -> Batch:
    return gather(rows, JobDecoder(pushes, partial(notes_of, api)), api.what)


def utc_text(moment: datetime) -> str:
    """Treeherder keeps UTC without a zone, and is asked the same way."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()
