"""Who may write, how often, and how much at once. Reads are open."""

import hashlib
import hmac
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from flask import Flask, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import TooManyRequests

from ...config import Settings
from ...errors import NotAllowed, StoreError
from ...store.operation.write_limits import take_write
from ..context import context
from . import lookups
from .bodies import prepare_body

logger = logging.getLogger(__name__)

READS = frozenset({"GET", "HEAD", "OPTIONS"})
NOBODY = ""  # a client without a token: projects with open scheduling let it schedule
View = TypeVar("View", bound=Callable[..., Any])


def init_app(app: Flask, prefix: str, settings: Settings) -> None:
    def guard() -> None:
        if not request.path.startswith(prefix) or request.method in READS:
            return
        if request.endpoint is None or request.routing_exception is not None:
            return  # an unknown path or method gets its own error
        g.who = _admitted(settings, app.view_functions[request.endpoint])
        prepare_body(settings.max_body)

    app.before_request(guard)


def _admitted(settings: Settings, view: Callable[..., Any]) -> str:
    """Return who writes; raises NotAllowed, or TooManyRequests.

    A token is limited by its name, wherever it is used; who has none, or a wrong one, by address.
    """
    try:
        who = name_of_client(settings, is_open=_is_open(view))
    except NotAllowed:
        with suppress(StoreError, SQLAlchemyError):  # no database is needed to refuse
            _limit(settings)
        raise
    _limit(settings, who)
    return who


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
    with context().quick_sessions() as session:
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


def _limit(settings: Settings, who: str = NOBODY) -> None:
    client = f"token {who}" if who else f"address {request.remote_addr}"
    with context().quick_sessions.begin() as session:
        wait = take_write(session, client, per_minute=settings.writes_per_minute,
                          now=context().clock())
    if wait:
        logger.warning("too many writes from %s", client)
        source = "with this token" if who else "from this address"
        raise TooManyRequests(
            f"too many writes {source} in the last minute", retry_after=int(wait) + 1)
