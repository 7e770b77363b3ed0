"""Treeherder as a source of job results."""

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from ...domain import Push
from ...errors import RowLimitReached, SourceGarbled
from ..cells import identifier, moment, number, revision
from ..http import Http
from ..job_rows import gather
from ..protocol import PUSHED, Batch, Slice
from .api import JOBS_A_PAGE, PUSHES_A_PAGE, Api
from .jobs import JobDecoder, notes_of

logger = logging.getLogger(__name__)

IDS_A_QUESTION = 100  # an address has its limits


def pushes_between(api: Api, piece: Slice, page: int = PUSHES_A_PAGE) -> Iterator[Push]:
    """Yield the pushes of a slice, the newest first, each once."""
    seen: set[str] = set()
    before = piece.end.timestamp()
    while True:
        rows = api.results(
            "push", count=page,
            push_timestamp__gte=piece.start.timestamp(), push_timestamp__lt=before)
        yield from new_ones(api, piece.project, rows, seen)
        if len(rows) < page:
            return
        # Pushes of the oldest second may have been cut off: it is asked for again.
        oldest = min(number(row.get("push_timestamp")) or 0 for row in rows)
        if oldest + 1 >= before:
            raise RowLimitReached(f"{api.what}: over {page} pushes in the second {oldest:.0f}")
        before = oldest + 1


def pushes_by_id(api: Api, project: str, push_ids: Collection[str]) -> dict[str, Push]:
    """Return the pushes of these ids; all of them are there."""
    ordered = sorted(push_ids)
    found: dict[str, Push] = {}
    for first in range(0, len(ordered), IDS_A_QUESTION):
        asked = ordered[first:first + IDS_A_QUESTION]
        rows = api.results("push", count=len(asked), id__in=",".join(asked))
        found.update((push.push_id, push) for push in new_ones(api, project, rows, set()))
    missing = [push_id for push_id in ordered if push_id not in found]
    if missing:
        raise SourceGarbled(f"{api.what}: no push comes for the ids {', '.join(missing[:10])}")
    return found


def new_ones(api: Api, project: str, rows: list[dict], seen: set[str]) -> Iterator[Push]:
    for row in rows:
        push = to_push(api, project, row)
        if push.push_id not in seen:
            seen.add(push.push_id)
            yield push


def to_push(api: Api, project: str, row: dict) -> Push:
    """A push; one without an id, revision or time is no push of Treeherder's."""
    push_id = identifier(row.get("id"))
    head = revision(row.get("revision"))
    pushed_at = moment(row.get("push_timestamp"))
    if not (push_id and head and pushed_at):
        raise SourceGarbled(f"{api.what}: this is no push: {str(row)[:200]!r}")
    return Push(project, head, pushed_at, push_id)


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
