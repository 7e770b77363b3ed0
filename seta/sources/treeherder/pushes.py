"""Treeherder's pushes: those of a span of time, and those of a slice's jobs."""

from collections.abc import Iterable

from ...domain import Push
from ...errors import SourceGarbled
from ..job_rows import Row
from ..protocol import Slice
from ..values import identifier, parse_epoch, revision, shorten
from .api import Api
from .spans import PUSH_TIMESTAMP, time_span


def pushes_between(api: Api, slice_: Slice) -> list[Push]:
    """Return the pushes of a slice, the oldest first."""
    found: dict[str, Push] = {}
    for rows in api.pushes((time_span(PUSH_TIMESTAMP, slice_.start, slice_.end),)):
        found.update(_in_rows(api, rows))
    return sorted(found.values(), key=lambda push: (push.pushed_at, push.revision))


class PushesById:
    """Pushes by Treeherder's number of them, each asked for once."""

    def __init__(self, api: Api, known: Iterable[Push] = ()):
        self._api = api
        self._known = {push.treeherder_id or "": push for push in known}

    def of(self, rows: Iterable[Row]) -> dict[str, Push]:
        """Return the pushes of these jobs. Raises SourceGarbled where one is missing."""
        wanted = {identifier(row.get("push_id")) for row in rows} - {""}
        for answer in self._api.pushes_by_id(wanted - self._known.keys()):
            self._known.update(_in_rows(self._api, answer))
        missing = sorted(wanted - self._known.keys())
        if missing:
            raise SourceGarbled(f"{self._api.what}: no push was returned for the ids "
                                f"{', '.join(missing[:10])}")
        return {push_id: self._known[push_id] for push_id in wanted}


def _in_rows(api: Api, rows: Iterable[Row]) -> dict[str, Push]:
    """Return the pushes of an answer by their ids. Raises SourceGarbled for any other row."""
    found: dict[str, Push] = {}
    for row in rows:
        push_id = identifier(row.get("id"))
        head = revision(row.get("revision"))
        pushed_at = parse_epoch(row.get("push_timestamp"))
        if not (push_id and head and pushed_at):
            raise SourceGarbled(
                f"{api.what}: a push without an id, revision or time: {shorten(row)}")
        found.setdefault(push_id, Push(api.project, head, pushed_at, treeherder_id=push_id))
    return found
