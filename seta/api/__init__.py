"""The API: routes of the old wire, and /api/v1."""

from collections.abc import Callable
from datetime import datetime

from apiflask import APIFlask
from sqlalchemy.orm import Session, sessionmaker

from ..config import Settings
from ..publish.serving import Published, utc_now
from . import cors, errors, legacy, v1
from .context import Context, context

__all__ = ["Context", "context", "create_app"]


def create_app(
    settings: Settings, sessions: sessionmaker[Session], *,
    clock: Callable[[], datetime] = utc_now, published: Published | None = None,
) -> APIFlask:
    """Build the app from what it is given; it reads no environment and opens no connection."""
    app = APIFlask("seta", docs_path=None, spec_path=None, json_errors=False, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    app.extensions["seta"] = Context(
        settings, sessions, clock, published or Published(sessions, settings, clock))
    errors.init_app(app)
    cors.init_app(app)
    legacy.init_app(app)
    v1.init_app(app)
    return app
