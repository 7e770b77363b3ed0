"""Requests to Treeherder's API of one project."""

import logging
from collections.abc import Collection, Iterator
from http import HTTPStatus
from typing import Any

import msgspec

from ...errors import SourceGarbled, SourceRefused
from ..http import Answer, Http, decode_json, naming
from ..job_rows import Row
from ..values import shorten
from .spans import Region, whole_answers

JOBS_PER_ANSWER = 2000     # more is refused
PUSHES_PER_ANSWER = 1000   # more is refused
IDS_PER_REQUEST = 250      # an address may have 4,094 characters

NEEDED = ("id", "push_id", "state", "result", "build_system_type", "job_type_name",
          "failure_classification_id", "last_modified")

logger = logging.getLogger(__name__)


class Api:
    """Treeherder's API of one project; `what` names the slice in errors."""

    def __init__(
        self, http: Http, base_url: str, project: str, what: str, *,
        jobs_per_answer: int = JOBS_PER_ANSWER, pushes_per_answer: int = PUSHES_PER_ANSWER,
    ):
        self._http = http
        self._base_url = f"{base_url.rstrip('/')}/api/project/{project}"
        self._jobs_per_answer = jobs_per_answer
        self._pushes_per_answer = pushes_per_answer
        self.project = project
        self.what = what

    def jobs(self, region: Region, **params: Any) -> Iterator[list[Row]]:
        """Yield the completed jobs of a region, all of them, in bounded answers."""
        count = self._jobs_per_answer
        return whole_answers(lambda spans: self._jobs(count=count, **spans, **params),
                             region, count=count, what=f"{self.what}, jobs")

    def jobs_by_id(self, job_ids: Collection[str]) -> Iterator[list[Row]]:
        """Yield those of these jobs that Treeherder has, in bounded answers."""
        for ids in self._parts(job_ids, self._jobs_per_answer):
            yield self._jobs(count=len(ids), id__in=",".join(ids))

    def pushes(self, region: Region) -> Iterator[list[Row]]:
        """Yield the pushes of a region, all of them, in bounded answers."""
        count = self._pushes_per_answer
        return whole_answers(lambda spans: self._results("push", count=count, **spans),
                             region, count=count, what=f"{self.what}, pushes")

    def pushes_by_id(self, push_ids: Collection[str]) -> Iterator[list[Row]]:
        for ids in self._parts(push_ids, self._pushes_per_answer):
            yield self._results("push", count=len(ids), id__in=",".join(ids))

    def notes(self, job_id: str) -> list[Row] | None:
        """Return a job's notes; None for a job that is gone, for which the answer is 500.

        A 500 is asked again only if Treeherder has the job, and raises SourceUnavailable if it
        stays, so that no star is lost.
        """
        url, params = f"{self._base_url}/note/", {"job_id": job_id}
        with naming(self.what):
            answer = self._http.get_accepting_500(url, **params)
            if answer.status == HTTPStatus.INTERNAL_SERVER_ERROR:
                if not self._results("jobs", count=1, id__in=job_id):
                    return None
                answer = self._http.get(url, **params)
        notes = self._decoded("note", answer)
        if not isinstance(notes, list) or not all(isinstance(each, dict) for each in notes):
            raise SourceGarbled(f"{self.what}: the notes of job {job_id} are {shorten(notes)}")
        return notes

    def _jobs(self, **params: Any) -> list[Row]:
        """Return completed jobs; pending and running ones are no results."""
        rows = self._results("jobs", state="completed", return_type="list", **params)
        missing = [name for name in NEEDED if rows and name not in rows[0]]
        if missing:
            raise SourceGarbled(f"{self.what}: jobs have no {', '.join(missing)}")
        return rows

    def _results(self, path: str, **params: Any) -> list[Row]:
        """Return the `results` of the answer; rows that are arrays get the names of the header."""
        with naming(self.what):
            answer = self._decoded(path, self._http.get(f"{self._base_url}/{path}/", **params))
        rows = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise SourceGarbled(f"{self.what}: {path} has no results: {shorten(answer)}")
        return [self._named(path, row, answer.get("job_property_names")) for row in rows]

    def _decoded(self, path: str, answer: Answer) -> Any:
        """Return the JSON of the answer; an outage is an error."""
        if answer.is_good:
            return decode_json(answer, f"{self.what}, {path}")
        if answer.status == HTTPStatus.NOT_FOUND and _is_json(answer):
            raise SourceRefused(
                f"{self.what}: Treeherder knows no project {self.project!r}: {answer.excerpt}")
        raise SourceRefused(
            f"{self.what}: Treeherder answered {answer.status} to {path}: {answer.excerpt}")

    def _named(self, path: str, row: Any, names: Any) -> Row:
        if isinstance(row, dict):
            return row
        if isinstance(row, list) and isinstance(names, list) and len(row) == len(names):
            return dict(zip(names, row))
        raise SourceGarbled(f"{self.what}: {path} has a row without columns: {shorten(row)}")

    @staticmethod
    def _parts(ids: Collection[str], most: int) -> Iterator[list[str]]:
        """Yield ids in bounded parts, each once and always in the same order."""
        ordered = sorted(set(ids), key=lambda each: (len(each), each))
        length = min(IDS_PER_REQUEST, most)
        for first in range(0, len(ordered), length):
            yield ordered[first:first + length]


def _is_json(answer: Answer) -> bool:
    """Return whether the API itself answered, not what stands at a wrong address."""
    try:
        msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    return True
