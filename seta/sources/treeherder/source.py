"""Treeherder as a source of job results."""

import logging
from collections.abc import Collection, Iterator
from datetime import datetime

from ..http import Http
from ..job_rows import Row, gather
from ..protocol import PUSHED, Batch, KnownFixes, Slice, nothing_known
from .api import JOBS_PER_ANSWER, PUSHES_PER_ANSWER, Api
from .jobs import JobDecoder, fixed_jobs
from .pushes import PushesById, pushes_between
from .spans import LAST_MODIFIED, all_ids, time_span

logger = logging.getLogger(__name__)


class Treeherder:
    """Reads jobs span by span; notes job by job, only of jobs newly fixed by a commit.

    A request for jobs or pushes has at most so many rows as Treeherder serves.
    """

    name = "treeherder"

    def __init__(
        self, http: Http, base_url: str, *,
        jobs_per_answer: int = JOBS_PER_ANSWER, pushes_per_answer: int = PUSHES_PER_ANSWER,
    ):
        self._http = http
        self._base_url = base_url
        self._jobs_per_answer = jobs_per_answer
        self._pushes_per_answer = pushes_per_answer

    def shown_until(self, *, now: datetime) -> datetime:
        return now

    def results(self, slice_: Slice, known: KnownFixes = nothing_known) -> Iterator[Batch]:
        """Yield a slice in batches of fewer rows than an answer may have; see ResultSource."""
        api = self._api(slice_.project, str(slice_))
        read = _pushed if slice_.by == PUSHED else _modified
        found = 0
        for rows, pushes in read(api, slice_):
            batch = _to_batch(api, rows, pushes, known)
            found += len(batch.results)
            yield batch
        logger.info("Treeherder gave %d results of %s", found, slice_)

    def present(
        self, project: str, job_ids: Collection[str], known: KnownFixes = nothing_known
    ) -> Iterator[Batch]:
        """Yield the present state of these jobs; see ResultSource."""
        api = self._api(project, f"{project}, {len(job_ids)} jobs by id")
        pushes = PushesById(api)
        for rows in api.jobs_by_id(job_ids):
            yield _to_batch(api, rows, pushes, known)

    def _api(self, project: str, what: str) -> Api:
        return Api(self._http, self._base_url, project, what,
                   jobs_per_answer=self._jobs_per_answer,
                   pushes_per_answer=self._pushes_per_answer)


def _pushed(api: Api, slice_: Slice) -> Iterator[tuple[list[Row], PushesById]]:
    """Yield the jobs of the slice's pushes, push by push."""
    pushes = pushes_between(api, slice_)
    by_id = PushesById(api, pushes)
    for push in pushes:
        for rows in api.jobs((all_ids(),), push_id=push.treeherder_id):
            yield rows, by_id


def _modified(api: Api, slice_: Slice) -> Iterator[tuple[list[Row], PushesById]]:
    """Yield the jobs that were last modified in the slice, in order of that time."""
    by_id = PushesById(api)
    for rows in api.jobs((time_span(LAST_MODIFIED, slice_.start, slice_.end), all_ids())):
        yield rows, by_id


def _to_batch(api: Api, rows: list[Row], pushes: PushesById, known: KnownFixes) -> Batch:
    fixed = fixed_jobs(rows)
    decode = JobDecoder(pushes.of(rows), known(fixed) if fixed else {}, api)
    return gather(rows, decode, api.what)
