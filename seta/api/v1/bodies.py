"""The body of a write: gzipped or not, within its limit, and never null."""

import gzip
import zlib
from io import BytesIO

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.wsgi import get_input_stream

from ...errors import BadInput

GZIP = ("gzip", "x-gzip")
GZIP_MAGIC = b"\x1f\x8b"


def prepare_body(limit: int) -> None:
    """Unpack the body of this request if it is gzipped.

    Raises RequestEntityTooLarge for one of more than `limit` bytes, packed or not,
    UnsupportedMediaType for another encoding, and BadInput for one that breaks off, and for
    the JSON `null`, which is not the same as no body.
    """
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in GZIP:
        _replace_body(_unpacked(limit))
    elif encoding != "identity":
        raise UnsupportedMediaType(
            f"the body may be gzipped (Content-Encoding: gzip) or plain, not {encoding!r}")
    if not request.mimetype or request.mimetype.startswith("multipart/"):
        return  # no view reads it
    body = request.get_data()
    announced = request.environ.get("CONTENT_LENGTH") or ""
    if announced.isdecimal() and len(body) < int(announced):
        raise BadInput(f"the body breaks off after {len(body)} of {announced} bytes")
    if body[:2] == GZIP_MAGIC:
        raise UnsupportedMediaType(
            "the body is gzipped but does not say so: send the header `Content-Encoding: gzip`")
    if request.is_json and body.strip() == b"null":
        raise BadInput("the body must be a JSON object, not null")


def _unpacked(limit: int) -> bytes:
    packed = get_input_stream(request.environ, max_content_length=limit).read()
    try:
        with gzip.GzipFile(fileobj=BytesIO(packed)) as stream:
            body = stream.read(limit + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise BadInput(f"cannot unpack the gzipped body: {error}") from error
    if len(body) > limit:
        raise RequestEntityTooLarge(f"the body unpacks to more than {limit} bytes")
    return body


def _replace_body(body: bytes) -> None:
    """Put what was unpacked where every reader of the body looks for it."""
    environ = request.environ
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    for header in ("HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING"):
        environ.pop(header, None)
