"""Requests to Treeherder's API, and their pages."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from ...errors import SourceGarbled, SourceRefused, SourceUnavailable
from ..http import Http, decode_json, naming
from ..job_rows import Row
from ..values import shorten

JOBS_PER_PAGE = 2000     # more is refused
PUSHES_PER_PAGE = 1000   # more is refused


class Api:
    """Treeherder's API of one project; `what` names the slice in errors."""

    def __init__(self, http: Http, base_url: str, project: str, what: str):
        self._http = http
        self._base_url = f"{base_url.rstrip('/')}/api/project/{project}"
        self.what = what

    def get(self, path: str, **params: Any) -> Any:
        """Return the JSON of the answer; an outage is an error."""
        with naming(self.what):
            answer = self._http.get(f"{self._base_url}/{path}/", **params)
        if answer.is_good:
            return decode_json(answer, f"{self.what}, {path}")
        if answer.status == HTTPStatus.NOT_FOUND:
            raise SourceRefused(f"{self.what}: Treeherder has no such {path}: {answer.excerpt}")
        raise SourceRefused(
            f"{self.what}: Treeherder answered {answer.status} to {path}: {answer.excerpt}")

    def results(self, path: str, **params: Any) -> list[Row]:
        """Return the `results` of the answer; rows that are arrays get the names of the header."""
        answer = self.get(path, **params)
        rows = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise SourceGarbled(f"{self.what}: {path} has no results: {shorten(answer)}")
        return [self._named(path, row, answer.get("job_property_names")) for row in rows]

    def pages(self, path: str, count: int, **params: Any) -> Iterator[list[Row]]:
        """Yield pages until one is short. A row that comes twice means that the pages moved."""
        seen: set[Any] = set()
        offset = 0
        while True:
            rows = self.results(path, count=count, offset=offset, **params)
            ids = {row.get("id") for row in rows}
            if len(ids) < len(rows) or ids & seen:
                raise SourceUnavailable(
                    f"{self.what}: the pages of {path} moved while we read them")
            yield rows
            if len(rows) < count:
                return
            seen |= ids
            offset += len(rows)

    def _named(self, path: str, row: Any, names: Any) -> Row:
        if isinstance(row, dict):
            return row
        if isinstance(row, list) and isinstance(names, list) and len(row) == len(names):
            return dict(zip(names, row))
        raise SourceGarbled(f"{self.what}: {path} has a row without columns: {shorten(row)}")
