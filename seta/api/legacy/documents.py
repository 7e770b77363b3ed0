"""Answers that are made anew each time."""

import gzip
import hashlib

import msgspec
from flask import Response, request

from ...publish.published import Body
from .answers import send


def send_document(payload: dict) -> Response:
    plain = msgspec.json.encode(payload)
    etag = hashlib.sha256(plain).hexdigest()[:20]
    body = Body(plain, gzip.compress(plain, 6, mtime=0), f'"{etag}"', f'"{etag}-gzip"')
    return send(body, request, vary="Accept-Encoding, Accept")
