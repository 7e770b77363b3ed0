"""Pushes of a project, by time and by id."""

from collections.abc import Collection, Iterator

from seta.domain import Push
from seta.errors import RowLimitReached, SourceGarbled

from ..cells import identifier, moment, number, revision
from ..slices import Slice
from .asking import PUSHES_A_PAGE, Api

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
