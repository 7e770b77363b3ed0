"""Reads are open to pages of any origin."""

from flask import Flask, Response, request

OPEN = ("/data/", "/api/")
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, SETA-Snapshot",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


def init_app(app: Flask) -> None:
    app.after_request(_let_read)


def _let_read(response: Response) -> Response:
    if request.path.startswith(OPEN) or request.path == "/data":
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.method == "OPTIONS":
            for name, value in PREFLIGHT.items():
                response.headers.setdefault(name, value)
    return response
