"""Answers with an ETag, and those from bytes that are kept gzipped."""

import gzip
import hashlib

from flask import Flask, Response, request

READS = ("GET", "HEAD")
PRIVATE = "no-store"
CHECKED = "no-cache"  # may be kept, and is asked for again each time


def init_app(app: Flask, prefix: str) -> None:
    """Give every good answer to a read an ETag, so that whoever has it already gets a 304."""
    def tag(response: Response) -> Response:
        is_read = request.method in READS and response.status_code == 200
        if is_read and request.path.startswith(prefix) and not response.get_etag()[0]:
            response.headers.setdefault("Cache-Control", CHECKED)
            response.add_etag()
            response.make_conditional(request)
        return response
    app.after_request(tag)


def packed(body: bytes, *, status: int = 200, cache: str = PRIVATE) -> Response:
    """Answer a gzipped JSON body, unpacked for whoever cannot read it so."""
    etag = hashlib.sha256(body).hexdigest()[:20]
    if request.accept_encodings["gzip"] > 0:
        response = Response(body, status, {"Content-Encoding": "gzip"})
        etag += "-gzip"
    else:
        response = Response(gzip.decompress(body), status)
    response.content_type = "application/json"
    response.headers["Cache-Control"] = cache
    response.vary.add("Accept-Encoding")
    response.set_etag(etag)
    return response.make_conditional(request) if request.method in READS else response
