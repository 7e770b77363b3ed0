"""What serving is measured against: the bytes of a file from a bare Flask route, and from WSGI."""

import gzip
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response

ETAG = '"bare"'


def create_app() -> Flask:
    app = Flask("bare")
    body = Path(os.environ["BARE_BODY"]).read_bytes()

    @app.get("/api/project/<project>/seta/job-priorities/")
    def job_priorities(project: str) -> Response:
        return Response(body, content_type="application/json")

    return app


def create_wsgi() -> Callable[..., Iterable[bytes]]:
    """Return a function that does nothing but answer, plain, gzipped or that nothing changed."""
    plain = Path(os.environ["BARE_BODY"]).read_bytes()
    packed = gzip.compress(plain, 6)

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "HTTP_IF_NONE_MATCH" in environ:
            start_response("304 NOT MODIFIED", [("ETag", ETAG)])
            return ()
        body = packed if environ.get("HTTP_ACCEPT_ENCODING") == "gzip" else plain
        start_response("200 OK", [("Content-Type", "application/json"), ("ETag", ETAG),
                                  ("Content-Length", str(len(body)))])
        return (body,)
    return answer
