"""Who may write, how often, and how much at once. Reads are open."""

import hashlib
import hmac
import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from flask import Flask, g, request
from werkzeug.exceptions import TooManyRequests

from ...config import Settings
from ...errors import NotAllowed
from ..context import context
from . import lookups
from .bodies import prepare_body

logger = logging.getLogger(__name__)

READS = frozenset({"GET", "HEAD", "OPTIONS"})
NOBODY = ""  # a client without a token: projects with open scheduling let it schedule
MAX_ADDRESSES = 10_000
View = TypeVar("View", bound=Callable[..., Any])


class RateLimit:
    """A token bucket for each client address, refilled evenly over a minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic):
        self._per_minute = per_minute
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}  # address -> tokens, at
        self._lock = threading.Lock()

    def seconds_to_wait(self, address: str) -> float:
        """Take one; return 0, or how long until there is one again."""
        with self._lock:
            now = self._clock()
            left, at = self._left.pop(address, (self._per_minute, now))
            left = min(self._per_minute, left + (now - at) * self._per_minute / 60)
            is_taken = left >= 1
            self._left[address] = (left - is_taken, now)  # last in order: most recently seen
            if len(self._left) > MAX_ADDRESSES:
                self._left.pop(next(iter(self._left)))
            return 0.0 if is_taken else (1 - left) * 60 / self._per_minute


def init_app(app: Flask, prefix: str, settings: Settings) -> None:
    limit = RateLimit(settings.writes_per_minute)

    def guard() -> None:
        if not request.path.startswith(prefix) or request.method in READS:
            return
        if request.endpoint is None or request.routing_exception is not None:
            return  # an unknown path or method gets its own error
        _limit(limit)
        view = app.view_functions[request.endpoint]
        g.who = name_of_client(settings, is_open=_is_open(view))
        prepare_body(settings.max_body)

    app.before_request(guard)


def open_to_all(view: View) -> View:
    """Mark a view that clients without a token may call for a project with open scheduling.

    The view itself decides what such a client may do.
    """
    setattr(view, "is_open", True)
    return view


def _is_open(view: Callable[..., Any]) -> bool:
    """Return whether this request needs no token; raises UnknownProject.

    It is decided before the body is read: a client that may not write learns that first.
    """
    if not getattr(view, "is_open", False) or "Authorization" in request.headers:
        return False
    with context().sessions() as session:
        return lookups.project_named(session, (request.view_args or {})["project"]).open_scheduling


def name_of_client(settings: Settings, *, is_open: bool = False) -> str:
    """Return the name of the request's token; raises NotAllowed."""
    header = request.headers.get("Authorization")
    if header is None and is_open:
        return NOBODY
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAllowed("writing needs a token: send the header "
                         "`Authorization: Bearer <token>`")
    name = name_of_token(settings, token.strip())
    if name is None:
        raise NotAllowed("this server does not know the token (SETA_TOKENS)")
    return name


def name_of_token(settings: Settings, token: str) -> str | None:
    """Return whose token it is. Every hash is compared, each in constant time."""
    digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
    found = None
    for name, known in settings.tokens:
        if hmac.compare_digest(known, digest):
            found = name
    return found


def writer() -> str:
    """Return who writes, for the audit log."""
    who: str = g.who
    return who


def _limit(limit: RateLimit) -> None:
    wait = limit.seconds_to_wait(request.remote_addr or "")
    if wait:
        logger.warning("too many writes from %s", request.remote_addr)
        raise TooManyRequests(
            "too many writes from this address in the last minute", retry_after=int(wait) + 1)
