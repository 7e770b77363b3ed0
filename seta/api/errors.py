"""The map from errors to HTTP statuses, and how each part of the site renders them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, Response, current_app, jsonify, request
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from ..errors import (
    BadInput, CannotAnswer, Conflict, NotAllowed, NotFound, NothingToAnalyze, SetaError,
    SourceError, StoreError,
)

logger = logging.getLogger(__name__)

STATUSES: tuple[tuple[type[SetaError], int], ...] = (
    (BadInput, 400),
    (NotAllowed, 401),
    (NotFound, 404),
    (Conflict, 409),
    (NothingToAnalyze, 409),
    (SourceError, 502),
    (StoreError, 503),
    (CannotAnswer, 503),
    (SetaError, 500),
)
NO_DATABASE = "the database does not answer now"


@dataclass(frozen=True)
class Failure:
    """An error as HTTP reports it."""

    status: int
    detail: str          # one sentence
    error: Exception
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase


Render = Callable[[Failure], Response]
Renderers = list[tuple[str, Render]]    # by the prefix of a path


def init_app(app: Flask) -> None:
    """Answer errors in plain text, but for the paths of `answer_under`."""
    app.extensions["seta_errors"] = []
    app.register_error_handler(SetaError, _answer_seta)
    app.register_error_handler(DBAPIError, _answer_database)
    app.register_error_handler(PoolTimeout, _answer_full_pool)
    app.register_error_handler(HTTPException, _answer_http)


def answer_under(app: Flask, prefix: str, render: Render) -> None:
    """Let `render` answer the errors of every path with this prefix; the longest prefix wins."""
    renderers: Renderers = app.extensions["seta_errors"]
    renderers.append((prefix, render))
    renderers.sort(key=lambda each: -len(each[0]))


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
    return _answer(Failure(503, NO_DATABASE, error))


def _answer_full_pool(error: PoolTimeout) -> Response:
    logger.error("%s %s: %s", request.method, request.path, error)
    return _answer(Failure(503, NO_DATABASE, error))


def _answer_http(error: HTTPException) -> AnyResponse:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()  # a redirect, or a ready response
    headers = {name: value for name, value in error.get_headers()
               if name not in ("Content-Type", "Content-Length")}
    return _answer(Failure(error.code, _sentence(error), error, headers))


def _sentence(error: HTTPException) -> str:
    if error.code == 404:
        return f"there is nothing at {ascii(request.path[:80])}"
    if error.code == 500:
        return "the server failed; its log says why"
    return error.description or error.name


def _answer(failure: Failure) -> Response:
    renderers: Renderers = current_app.extensions["seta_errors"]
    render = next((render for prefix, render in renderers if request.path.startswith(prefix)),
                  plain)
    response = render(failure)
    response.headers.extend(failure.headers)
    return response


def plain(failure: Failure) -> Response:
    """Answer one sentence of text, since legacy clients fail on JSON that is not an object.

    JSON only for a request whose Accept names it.
    """
    if "application/json" in (kind for kind, weight in request.accept_mimetypes if weight > 0):
        response = jsonify(error=failure.detail, status=failure.status)
    else:
        response = Response(f"{failure.detail}\n", mimetype="text/plain")
    response.status_code = failure.status
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response
