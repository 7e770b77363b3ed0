"""Treeherder as a source of job results."""

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from ...domain import Push
from ...errors import RowLimitReached, SourceGarbled
from ..http import Http
from ..job_rows import Row, gather
from ..protocol import PUSHED, Batch, KnownFixes, Slice, nothing_known
from ..values import identifier, number, parse_epoch, revision, shorten
from .api import JOBS_PER_PAGE, PUSHES_PER_PAGE, Api
from .jobs import JobDecoder, notes_of

logger = logging.getLogger(__name__)

IDS_PER_REQUEST = 100  # an address may only be so long


class Treeherder:
    """Reads jobs page by page; notes job by job, only of jobs fixed by a commit."""

    name = "treeherder"

    def __init__(
        self, http: Http, base_url: str, *,
        jobs_per_page: int = JOBS_PER_PAGE, pushes_per_page: int = PUSHES_PER_PAGE,
    ):
        self._http = http
        self._base_url = base_url
        self._jobs_per_page = jobs_per_page
        self._pushes_per_page = pushes_per_page

    def results(self, slice_: Slice, known: KnownFixes = nothing_known) -> Iterator[Batch]:
        """Yield a slice in batches of at most a page; see ResultSource."""
        api = Api(self._http, self._base_url, slice_.project, str(slice_))
        found = 0
        read = self._pushed if slice_.by == PUSHED else self._modified
        for batch in read(api, slice_):
            found += len(batch.results)
            yield batch
        logger.info("Treeherder gave %d results of %s", found, slice_)

    def present(
        self, project: str, job_ids: Collection[str], known: KnownFixes = nothing_known
    ) -> Iterator[Batch]:
        """Yield these jobs as they are now; see ResultSource."""
        api = Api(self._http, self._base_url, project, f"jobs of {project}")
        ordered = list(job_ids)
        for first in range(0, len(ordered), IDS_PER_REQUEST):
            ids = ordered[first:first + IDS_PER_REQUEST]
            rows = api.results("jobs", count=len(ids), id__in=",".join(ids))
            push_ids = {identifier(row.get("push_id")) for row in rows} - {""}
            yield _to_batch(api, rows, _pushes_by_id(api, project, push_ids))

    def _pushed(self, api: Api, slice_: Slice) -> Iterator[Batch]:
        for push_id, push in _pushes_between(api, slice_, self._pushes_per_page):
            for rows in api.pages("jobs", self._jobs_per_page, push_id=push_id):
                yield _to_batch(api, rows, {push_id: push})

    def _modified(self, api: Api, slice_: Slice) -> Iterator[Batch]:
        times = {
            "last_modified__gte": _utc_text(slice_.start),
            "last_modified__lt": _utc_text(slice_.end),
        }
        for rows in api.pages("jobs", self._jobs_per_page, **times):
            push_ids = {identifier(row.get("push_id")) for row in rows} - {""}
            yield _to_batch(api, rows, _pushes_by_id(api, slice_.project, push_ids))


def _to_batch(api: Api, rows: list[Row], pushes: Mapping[str, Push]) -> Batch:
    return gather(rows, JobDecoder(pushes, partial(notes_of, api)), api.what)


def _pushes_between(api: Api, slice_: Slice, page: int) -> Iterator[tuple[str, Push]]:
    """Yield the pushes of a slice with their ids, the newest first, each once."""
    seen: set[str] = set()
    before = slice_.end.timestamp()
    while True:
        rows = api.results(
            "push", count=page,
            push_timestamp__gte=slice_.start.timestamp(), push_timestamp__lt=before)
        found = _in_rows(api, slice_.project, rows)
        yield from ((push_id, push) for push_id, push in found.items() if push_id not in seen)
        seen.update(found)
        if len(rows) < page:
            return
        # Pushes of the oldest second may have been cut off, so that second comes again.
        oldest = min(number(row.get("push_timestamp")) or 0 for row in rows)
        if oldest + 1 >= before:
            raise RowLimitReached(f"{api.what}: over {page} pushes in the second {oldest:.0f}")
        before = oldest + 1


def _pushes_by_id(api: Api, project: str, push_ids: Collection[str]) -> dict[str, Push]:
    """Return the pushes of these ids. Raises SourceGarbled where one is missing."""
    ordered = sorted(push_ids)
    found: dict[str, Push] = {}
    for first in range(0, len(ordered), IDS_PER_REQUEST):
        ids = ordered[first:first + IDS_PER_REQUEST]
        rows = api.results("push", count=len(ids), id__in=",".join(ids))
        found.update(_in_rows(api, project, rows))
    missing = [push_id for push_id in ordered if push_id not in found]
    if missing:
        raise SourceGarbled(
            f"{api.what}: no push was returned for the ids {', '.join(missing[:10])}")
    return found


def _in_rows(api: Api, project: str, rows: list[Row]) -> dict[str, Push]:
    """Return the pushes of an answer by their ids. Raises SourceGarbled for any other row."""
    found: dict[str, Push] = {}
    for row in rows:
        push_id = identifier(row.get("id"))
        head = revision(row.get("revision"))
        pushed_at = parse_epoch(row.get("push_timestamp"))
        if not (push_id and head and pushed_at):
            raise SourceGarbled(
                f"{api.what}: a push without an id, revision or time: {shorten(row)}")
        found.setdefault(push_id, Push(project, head, pushed_at, treeherder_id=push_id))
    return found


def _utc_text(moment: datetime) -> str:
    """Write a time as Treeherder does: in UTC, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()
