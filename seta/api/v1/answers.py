"""Answers with an ETag: from bytes that are kept gzipped, or from values."""

import gzip
import hashlib
import json

from flask import Response, request

PRIVATE = "no-store"
CHECKED = "no-cache"  # may be kept, and is asked for again each time


def packed(body: bytes, *, status: int = 200, cache: str = PRIVATE) -> Response:
    """Answer a gzipped JSON body, unpacked for whoever cannot read it so."""
    etag = hashlib.sha256(body).hexdigest()[:20]
    if request.accept_encodings["gzip"] > 0:
        response = Response(body, status, {"Content-Encoding": "gzip"})
        etag += "-gzip"
    else:
        response = Response(gzip.decompress(body), status)
    return _tagged(response, etag, cache)


def tagged(value: object, *, status: int = 200) -> Response:
    """Answer a value as JSON; whoever has it already gets a 304."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return _tagged(Response(body, status), hashlib.sha256(body).hexdigest()[:20], CHECKED)


def _tagged(response: Response, etag: str, cache: str) -> Response:
    response.content_type = "application/json"
    response.headers["Cache-Control"] = cache
    response.vary.add("Accept-Encoding")
    response.set_etag(etag)
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        response.make_conditional(request)
    return response
