"""One map from errors to HTTP statuses, and how each part of the site words them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, Response, current_app, jsonify, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from ..errors import (
    BadInput, CannotAnswer, Conflict, NotAllowed, NotFound, NothingToAnalyse, SetaError,
    SourceError, StoreError,
)

logger = logging.getLogger(__name__)

STATUSES: tuple[tuple[type[SetaError], int], ...] = (
    (BadInput, 400),
    (NotAllowed, 401),
    (NotFound, 404),
    (Conflict, 409),
    (NothingToAnalyse, 409),
    (SourceError, 502),
    (StoreError, 503),
    (CannotAnswer, 503),
    (SetaError, 500),
)
DATABASE_GONE = "the database cannot be asked now"


@dataclass(frozen=True)
class Failure:
    """An error as HTTP tells it."""

    status: int
    detail: str          # one sentence
    error: Exception
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase


Render = Callable[[Failure], Response]


def init_app(app: Flask) -> None:
    """Answer errors in plain text, except where `answer_under` says how."""
    app.extensions["seta_errors"] = []
    app.register_error_handler(SetaError, _answer_seta)
    app.register_error_handler(DBAPIError, _answer_database)
    app.register_error_handler(HTTPException, _answer_http)


def answer_under(app: Flask, prefix: str, render: Render) -> None:
    """Let `render` word the errors of every path that begins so; the longest prefix counts."""
    faces = app.extensions["seta_errors"]
    faces.append((prefix, render))
    faces.sort(key=lambda face: -len(face[0]))


def status_of(error: SetaError) -> int:
    return next(status for kind, status in STATUSES if isinstance(error, kind))


def _answer_seta(error: SetaError) -> Response:
    status = status_of(error)
    if status == 500:
        logger.error("%s %s failed: %s", request.method, request.path, error)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return _answer(Failure(status, str(error), error, headers))


def _answer_database(error: DBAPIError) -> Response:
    logger.error("%s %s: %s", request.method, request.path, error.orig)
    return _answer(Failure(503, DATABASE_GONE, error))


def _answer_http(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()  # a redirect, or an answer of somebody else's making
    headers = {name: value for name, value in error.get_headers()
               if name not in ("Content-Type", "Content-Length")}
    return _answer(Failure(error.code, _sentence(error), error, headers))


def _sentence(error: HTTPException) -> str:
    if error.code == 404:
        return f"there is nothing at {ascii(request.path[:80])}"
    if error.code == 500:
        return "the server failed, and has written down why"
    return error.description or error.name


def _answer(failure: Failure) -> Response:
    for prefix, render in current_app.extensions["seta_errors"]:
        if request.path.startswith(prefix):
            response = render(failure)
            break
    else:
        response = plain(failure)
    response.headers.extend(failure.headers)
    return response


def plain(failure: Failure) -> Response:
    """Answer one sentence of text: old clients survive anything but JSON that is no object.

    JSON only for a request whose Accept names it.
    """
    if "application/json" in (kind for kind, weight in request.accept_mimetypes if weight > 0):
        response = jsonify(error=failure.detail, status=failure.status)
    else:
        response = Response(f"{failure.detail}\n", mimetype="text/plain")
        response.headers["X-Content-Type-Options"] = "nosniff"
    response.status_code = failure.status
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response
