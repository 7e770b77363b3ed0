"""The web application for gunicorn: ``seta.wsgi:create_app()``."""

import os
from collections.abc import Callable
from datetime import datetime

from apiflask import APIFlask
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from . import api, web
from .config import Settings, from_environment
from .publish.serving import Published, utc_now
from .store.embedded import EmbeddedServer
from .store.engine import make_engine, make_sessions


def create_app() -> Flask:
    """Build the app from the environment, once in each web process.

    Without DATABASE_URL it uses the embedded PostgreSQL, which other processes may share. The
    database may still be starting: until it answers, every client is told to run everything.
    """
    settings = from_environment(os.environ)
    url = settings.database_url or EmbeddedServer(
        settings.home_path, postgres_bin=settings.postgres_bin).start().url
    engine = make_engine(url, pool_size=settings.web_threads, max_overflow=2)
    return build_app(settings, make_sessions(engine))


def build_app(
    settings: Settings, sessions: sessionmaker[Session], *,
    clock: Callable[[], datetime] = utc_now, published: Published | None = None,
) -> APIFlask:
    """Build the API and the pages from what is passed in.

    It reads no environment and opens no connection.
    """
    app = APIFlask(
        "seta", docs_path=None, spec_path=None, json_errors=False,
        static_folder=None)  # type: ignore[arg-type]  # as Flask takes it: no folder
    published = published or Published(sessions, settings, clock)
    api.init_app(app, api.Context(settings, sessions, clock, published))
    web.init_app(app, sessions, published, clock)
    return app
