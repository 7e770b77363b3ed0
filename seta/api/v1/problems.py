"""Errors as problem details (RFC 9457): what is wrong, and what would be right."""

import json

from apiflask import HTTPError
from flask import Flask, Response, request
from pydantic import BaseModel, Field

from ...errors import CannotAnswer
from ..errors import Failure, answer_under

RETRY_AFTER = "5"   # seconds, where the database may be back or less busy
PROBLEM_TYPE = "application/problem+json"
MALFORMED = "the request does not fit this call; `errors` names the fields that are wrong"


class Problem(BaseModel):
    """The answer to every error."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["SETA does not cover the project 'none'"])
    instance: str = Field(examples=["/api/v1/projects/none"])
    errors: dict[str, list[str]] | None = Field(
        None, description="What is wrong with each field, by its path.")


def init_app(app: Flask, prefix: str) -> None:
    answer_under(app, prefix, render)
    app.register_error_handler(HTTPError, _answer_malformed)
    app.register_error_handler(RecursionError, _answer_too_deep)


def render(failure: Failure) -> Response:
    response = answer(failure.status, failure.title, failure.detail)
    if failure.status == 503 and not isinstance(failure.error, CannotAnswer):
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def answer(status: int, title: str, detail: str, **more: object) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail,
            "instance": request.path, **more}
    return Response(
        json.dumps(body, ensure_ascii=False), status, {"Cache-Control": "no-store"},
        content_type=PROBLEM_TYPE)


def _answer_malformed(error: HTTPError) -> Response:
    """Answer a request that the models refuse; each wrong field is named."""
    fields = {f"{place}.{field}" if field != "_schema" else place: messages
              for place, found in (error.detail or {}).items()
              for field, messages in found.items()}
    return answer(error.status_code, "Bad Request", MALFORMED, errors=fields)


def _answer_too_deep(error: RecursionError) -> Response:
    return answer(400, "Bad Request", "the body is nested too deeply")
