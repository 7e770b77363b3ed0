"""CORS: pages of any origin may read."""

from flask import Flask, Response, request

CORS_PREFIXES = ("/data/", "/api/")
ALLOW_ORIGIN = "Access-Control-Allow-Origin"
HEADERS = [(ALLOW_ORIGIN, "*"), ("Access-Control-Expose-Headers", "ETag, SETA-Snapshot")]
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


def init_app(app: Flask) -> None:
    app.after_request(_let_read)


def _let_read(response: Response) -> Response:
    if ALLOW_ORIGIN not in response.headers and request.path.startswith(CORS_PREFIXES):
        response.headers.extend(HEADERS)
        if request.method == "OPTIONS":
            response.headers.extend(PREFLIGHT)
    return response
