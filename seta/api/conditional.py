"""Conditional and compressed answers: ETags, 304, gzip where a client asks for it."""

from flask import Flask, Request, Response, request

from ..publish.serving import Body, PackedBody
from . import cors

READS = ("GET", "HEAD")
NEVER_KEEP = "no-store"
REVALIDATE = "no-cache"  # clients may keep it, and must ask each time whether it still holds


def send(
    body: Body | PackedBody, *, vary: str = "Accept-Encoding", cache: str = REVALIDATE,
    status: int = 200, snapshot_id: int | None = None,
) -> Response:
    """Send JSON that is ready as bytes; a client that has them already gets a 304."""
    is_gzipped = accepts_gzip(request)
    etag = body.gzipped_etag if is_gzipped else body.etag
    # The headers of CORS go in here: adding them to a finished response takes far longer.
    headers = [("ETag", f'"{etag}"'), ("Vary", vary), ("Cache-Control", cache), *cors.HEADERS]
    if snapshot_id is not None:
        headers.append(("SETA-Snapshot", str(snapshot_id)))
    if has_already(request, etag):
        return Response(status=304, headers=headers)
    if is_gzipped:
        headers.append(("Content-Encoding", "gzip"))
    return Response(body.gzipped if is_gzipped else body.plain, status, headers,
                    content_type="application/json")


def tag_reads(app: Flask, prefix: str) -> None:
    """Give every good answer to a read of these paths an ETag, made from what it holds."""
    def tag(response: Response) -> Response:
        is_read = request.method in READS and response.status_code == 200
        if is_read and request.path.startswith(prefix) and "ETag" not in response.headers:
            response.headers.setdefault("Cache-Control", REVALIDATE)
            response.add_etag()
            response.make_conditional(request)
        return response
    app.after_request(tag)


def accepts_gzip(request: Request) -> bool:
    """Return whether Accept-Encoding names gzip itself, with a weight above 0."""
    if "gzip" not in request.headers.get("Accept-Encoding", "").lower():
        return False
    return any(name.lower() == "gzip" and weight > 0
               for name, weight in request.accept_encodings)


def has_already(request: Request, etag: str) -> bool:
    if request.method not in READS or "If-None-Match" not in request.headers:
        return False
    return request.if_none_match.contains_weak(etag)
