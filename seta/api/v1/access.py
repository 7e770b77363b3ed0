"""Who may write, how often, and how much at once. Reads are open."""

import hashlib
import hmac
import logging
import threading
from collections.abc import Callable
from time import monotonic

from flask import Flask, g, request
from werkzeug.exceptions import TooManyRequests

from ...config import Settings
from ...errors import NotAllowed
from ..context import context

logger = logging.getLogger(__name__)

READS = frozenset({"GET", "HEAD", "OPTIONS"})
NOBODY = ""  # who wrote without a token: the schedule call of a project that is open
MOST_ADDRESSES = 10_000


class RateLimit:
    """Tokens in a bucket for each client address; they come back evenly over a minute."""

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
            self._left[address] = (left - is_taken, now)  # last in order: lately seen
            if len(self._left) > MOST_ADDRESSES:
                self._left.pop(next(iter(self._left)))
            return 0.0 if is_taken else (1 - left) * 60 / self._per_minute


def init_app(app: Flask, prefix: str, settings: Settings) -> None:
    limit = RateLimit(settings.writes_per_minute)

    def guard():
        if not request.path.startswith(prefix) or request.method in READS:
            return
        if request.routing_exception is not None:
            return  # an unknown path or method says so itself
        _limit(limit)
        view = app.view_functions[request.endpoint]
        g.who = who_asks(settings, is_open=getattr(view, "is_open", False))

    app.before_request(guard)


def open_to_all(view: Callable) -> Callable:
    """Mark a view that itself decides what a client without a token may do."""
    view.is_open = True
    return view


def who_asks(settings: Settings, *, is_open: bool = False) -> str:
    """Return the name that belongs to the request's token; raises NotAllowed."""
    header = request.headers.get("Authorization")
    if header is None and is_open:
        return NOBODY
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAllowed("writing needs a token; right would be the header "
                         "`Authorization: Bearer <token>`")
    name = named_by(settings, token.strip())
    if name is None:
        raise NotAllowed("the token is none of those that this server knows (SETA_TOKENS)")
    return name


def named_by(settings: Settings, token: str) -> str | None:
    """Return whose token it is. Every hash is compared, each in constant time."""
    digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
    found = None
    for name, known in settings.tokens:
        if hmac.compare_digest(known, digest):
            found = name
    return found


def writer() -> str:
    """Return who writes, for the audit."""
    return g.who


def require_token() -> None:
    """Refuse a client without a token in a view that is open."""
    if g.who is NOBODY:
        who_asks(context().settings)


def _limit(limit: RateLimit) -> None:
    wait = limit.seconds_to_wait(request.remote_addr or "")
    if wait:
        logger.warning("too many writes from %s", request.remote_addr)
        raise TooManyRequests(
            "too many writes from this address in the last minute", retry_after=int(wait) + 1)
