"""The web application for gunicorn: ``seta.wsgi:create_app()``."""

import os

from flask import Flask

from .config import from_environment
from .store.embedded import EmbeddedServer
from .store.engine import make_engine, make_sessions


def create_app() -> Flask:
    """Build the app from the environment, in each web process for itself.

    Without DATABASE_URL the embedded Postgres is used, together with whoever started it. The
    database need not be there yet: until it is, every client is told to run everything.
    """
    from . import api, web

    settings = from_environment(os.environ)
    url = settings.database_url or EmbeddedServer(
        settings.home_path, postgres_bin=settings.postgres_bin).start().url
    threads = settings.web_threads
    engine = make_engine(url, pool_size=threads, max_overflow=2)
    app = api.create_app(settings, make_sessions(engine))
    context = app.extensions["seta"]
    web.init_app(app, context.sessions, context.published, context.clock)
    return app
