"""Headers that every answer has: no page may frame it, no browser may guess its type."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

FRAMING = "Content-Security-Policy", "frame-ancestors 'none'"
SNIFFING = "X-Content-Type-Options", "nosniff"
Headers = list[tuple[str, str]]


def init_app(app: Flask) -> None:
    """Add the headers below Flask, so that errors and 304s have them too."""
    serve = app.wsgi_app

    def protected(environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: Headers, *more: Any) -> Any:
            return start_response(status, headers + _missing(headers), *more)
        return serve(environ, start)
    app.wsgi_app = protected  # type: ignore[method-assign]  # as Flask's documentation shows


def _missing(headers: Headers) -> Headers:
    """Return what is not said yet. Of two policies a browser obeys both."""
    policies = "".join(value for name, value in headers if name == FRAMING[0])
    return [SNIFFING] if "frame-ancestors" in policies else [SNIFFING, FRAMING]
