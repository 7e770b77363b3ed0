"""Answer a question about a list again without Flask, while nothing has changed since.

Decision tasks and masters ask the same few questions on every push. What Flask answered goes with
the edition of what is published: a publication, a kill switch, staleness or midnight ends it.
Only good lists are repeated, so that every refusal is Flask's.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ...errors import StoreError
from ...publish.serving import Edition, Published
from ..conditional import READS
from .params import is_decision_task

Headers = list[tuple[str, str]]
Wsgi = Callable[[Any, Callable[..., Any]], Iterable[bytes]]

PATHS = ("/api/project/", "/data/setadetails")   # with one of which the path of a list begins
MARK = "seta.repeatable"


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    headers: Headers
    body: tuple[bytes, ...]


def mark_repeatable(environ: dict[str, Any]) -> None:
    """Say that the answer follows from the edition and from what `_question` returns alone."""
    environ[MARK] = True


class QuickLists:
    """Answers what it can, and lets `app` answer the rest."""

    def __init__(self, app: Wsgi, published: Published):
        self.app = app
        self._published = published

    def __call__(self, environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in READS or not environ["PATH_INFO"].startswith(PATHS):
            return self.app(environ, start_response)
        try:
            edition = self._published.edition()
        except StoreError:
            return self.app(environ, start_response)
        answer: Answer | None = edition.answers.get(_question(environ))
        if answer is None:
            return self._ask(edition, environ, start_response)
        start_response(answer.status, answer.headers.copy())
        return answer.body

    def _ask(
        self, edition: Edition, environ: Any, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        started: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, *more: Any) -> Any:
            started.append((status, headers.copy()))
            return start_response(status, headers, *more)

        pieces = self.app(environ, start)
        # Whatever changed while Flask answered has ended the edition.
        if MARK not in environ or self._published.edition() is not edition:
            return pieces
        body = _read(pieces)
        edition.answers.keep(_question(environ), Answer(*started[-1], body),
                             size=sum(map(len, body)))
        return body


def _question(environ: Any) -> tuple[str | bool | None, ...]:
    """Return all of a request that a list depends on."""
    return (environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING"),
            environ.get("HTTP_ACCEPT_ENCODING"), environ.get("HTTP_IF_NONE_MATCH"),
            is_decision_task(environ.get("HTTP_USER_AGENT")))


def _read(pieces: Iterable[bytes]) -> tuple[bytes, ...]:
    try:
        return tuple(pieces)
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
