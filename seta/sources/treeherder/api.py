"""One question to Treeherder, and pages of one."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from ...errors import SourceGarbled, SourceRefused, SourceUnavailable
from ..http import Http, decode_json, naming

JOBS_A_PAGE = 2000     # more is refused
PUSHES_A_PAGE = 1000   # more is refused


class Api:
    """Treeherder's API for one project; `what` names the slice in errors."""

    def __init__(self, http: Http, base_url: str, project: str, what: str):
        self._http = http
        self._base_url = f"{base_url.rstrip('/')}/api/project/{project}"
        self.what = what

    def ask(self, path: str, **params) -> Any:
        """Return the JSON of an answer; an outage is an error."""
        with naming(self.what):
            answer = self._http.get(f"{self._base_url}/{path}/", **params)
        if answer.is_good:
            return decode_json(answer, f"{self.what}, {path}")
        if answer.status == HTTPStatus.NOT_FOUND:
            raise SourceRefused(f"{self.what}: Treeherder has no such {path}: {answer.excerpt}")
        raise SourceRefused(
            f"{self.what}: Treeherder answered {answer.status} to {path}: {answer.excerpt}")

    def results(self, path: str, **params) -> list[dict]:
        """The `results` of an answer as objects; rows of arrays are named by the header."""
        answer = self.ask(path, **params)
        rows = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise SourceGarbled(f"{self.what}: {path} has no results: {str(answer)[:200]!r}")
        return [self._named(path, row, answer.get("job_property_names")) for row in rows]

    def pages(self, path: str, count: int, **params) -> Iterator[list[dict]]:
        """Yield pages until one is short. A row that comes twice means that pages moved."""
        seen: set = set()
        offset = 0
        while True:
            rows = self.results(path, count=count, offset=offset, **params)
            ids = {row.get("id") for row in rows}
            if len(ids) < len(rows) or ids & seen:
                raise SourceUnavailable(
                    f"{self.what}: the pages of {path} moved while they were read")
            yield rows
            if len(rows) < count:
                return
            seen |= ids
            offset += len(rows)

    def _named(self, path: str, row: Any, names: Any) -> dict:
        if isinstance(row, dict):
            return row
        if isinstance(row, list) and isinstance(names, list) and len(row) == len(names):
            return dict(zip(names, row))
        raise SourceGarbled(f"{self.what}: a row of {path} is none: {str(row)[:200]!r}")
