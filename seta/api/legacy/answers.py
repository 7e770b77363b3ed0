"""How a list goes over the wire."""

import gzip
import hashlib

import msgspec
from flask import Request, Response, request

from ...errors import BadInput, CannotAnswer
from ...publish.serving import Body, Kind, Prepared, Published, Question
from .. import cors
from ..context import context
from .params import date_key, day_of, shown

KINDS = frozenset(Kind)
NOTHING = Prepared(())


def answer(question: Question, request: Request, *, vary: str) -> Response:
    """Answer with the list; raises what says why everything runs instead.

    A decision task crashes on an empty low value list, so where that is empty there is no good
    answer on any priority.
    """
    at_hand = context()
    _check_kind(at_hand.published, question)
    served = at_hand.published.served(question)
    if question.kind == Kind.TASKCLUSTER and not served.has_low_value:
        raise CannotAnswer("no task is of low value now, so everything runs")
    today = day_of(at_hand.clock())
    body = served.prepared.body(date_key(request.args, today), today=today)
    return send(body, request, vary=vary, snapshot_id=served.snapshot_id)


def answer_nothing(request: Request, *, vary: str) -> Response:
    """Answer a proper object with an empty list: nothing is of low value, so everything runs."""
    today = day_of(context().clock())
    return send(NOTHING.body(date_key(request.args, today), today=today), request, vary=vary)


def send(
    body: Body, request: Request, *, vary: str, snapshot_id: int | None = None
) -> Response:
    """Send the bytes, gzipped only where that was asked for, or 304 where they are known."""
    is_gzipped = takes_gzip(request)
    etag = body.gzipped_etag if is_gzipped else body.etag
    headers = [("ETag", etag), ("Vary", vary), ("Cache-Control", "no-cache"), *cors.HEADERS]
    if snapshot_id is not None:
        headers.append(("SETA-Snapshot", str(snapshot_id)))
    if is_known(request, etag):
        return Response(status=304, headers=headers)
    if is_gzipped:
        headers.append(("Content-Encoding", "gzip"))
    return Response(body.gzipped if is_gzipped else body.plain, headers=headers,
                    content_type="application/json")


def takes_gzip(request: Request) -> bool:
    """Say whether gzip itself is named in Accept-Encoding, and not refused by its weight."""
    if "gzip" not in request.headers.get("Accept-Encoding", "").lower():
        return False
    return any(name.lower() == "gzip" and weight > 0
               for name, weight in request.accept_encodings)


def is_known(request: Request, etag: str) -> bool:
    if "If-None-Match" not in request.headers:
        return False
    return request.if_none_match.contains_weak(etag.strip('"'))


def _check_kind(published: Published, question: Question) -> None:
    """Refuse a build system that is none of the three words nor any project's."""
    if question.kind in KINDS:
        return
    if question.project is not None:
        known = published.project(question.project).build_systems
    else:
        known = {word for each in published.projects().values() for word in each.build_systems}
    if question.kind not in known:
        raise BadInput(f"build_system_type is taskcluster, buildbot or *, "
                       f"not {shown(question.kind)}")


def send_document(payload: dict) -> Response:
    plain = msgspec.json.encode(payload)
    etag = hashlib.sha256(plain).hexdigest()[:20]
    body = Body(plain, gzip.compress(plain, 6, mtime=0), f'"{etag}"', f'"{etag}-gzip"')
    return send(body, request, vary="Accept-Encoding, Accept")
