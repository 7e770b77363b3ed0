"""The web application for gunicorn: ``seta.wsgi:create_app()``."""

import logging
import os
from collections.abc import Callable
from datetime import datetime
from threading import Thread
from time import monotonic, sleep

from apiflask import APIFlask
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.middleware.proxy_fix import ProxyFix

from . import api, web
from .config import Settings, from_environment
from .errors import StoreError
from .publish.serving import Published, utc_now
from .store.embedded import EmbeddedServer
from .store.engine import WEB, WEB_WORK, GatedPool, make_engine, make_quick_sessions, make_sessions
from .store.operation.liveness import stop_ended_runs

logger = logging.getLogger(__name__)

LOAD_PATIENCE = 5.0  # seconds that a process waits for the lists before its first request


def create_app() -> Flask:
    """Build the app from the environment, once in each web process.

    Without DATABASE_URL it uses the embedded PostgreSQL, which other processes may share. The
    database may still be starting: until it answers, every client is told to run everything.
    """
    settings = from_environment(os.environ)
    url = settings.database_url or EmbeddedServer(
        settings.home_path, postgres_bin=settings.postgres_bin).start(watch=True).url
    short = make_engine(url, WEB, poolclass=GatedPool, pool_size=settings.database_threads,
                        max_overflow=0)
    long = make_engine(url, WEB_WORK, pool_size=1, max_overflow=settings.long_requests + 1,
                       pool_timeout=2)
    long_sessions = make_sessions(long)
    published = Published(long_sessions, settings)
    _load(published)
    Thread(target=_stop_ended_runs, args=[long_sessions], daemon=True, name="runs").start()
    return build_app(settings, make_sessions(short), long_sessions=long_sessions,
                     published=published, quick_sessions=make_quick_sessions(short))


def _load(published: Published) -> None:
    """Load the lists before the first request, so that this process has them in an outage.

    A process that begins without them tells clients to run everything; so on a busy machine it
    rather begins a little later.
    """
    begun = monotonic()
    while True:
        try:
            published.projects()
            return
        except StoreError as error:
            if monotonic() - begun > LOAD_PATIENCE:
                logger.warning("cannot load what is published yet: %s", error)
                return
        sleep(0.1)


def _stop_ended_runs(sessions: sessionmaker[Session]) -> None:
    """Mark the runs that killed programs left running; the next analysis does so too."""
    try:
        stop_ended_runs(sessions, now=utc_now())
    except SQLAlchemyError as error:
        logger.warning("cannot look for runs that were interrupted: %s", error)


def build_app(
    settings: Settings, sessions: sessionmaker[Session], *,
    long_sessions: sessionmaker[Session] | None = None,
    quick_sessions: sessionmaker[Session] | None = None,
    clock: Callable[[], datetime] = utc_now, published: Published | None = None,
) -> APIFlask:
    """Build the API and the pages from what is passed in.

    It reads no environment and opens no connection.
    """
    app = APIFlask(
        "seta", docs_path=None, spec_path=None, json_errors=False,
        static_folder=None)  # type: ignore[arg-type]  # as Flask takes it: no folder
    # What takes long, or runs in the background, leaves the connections of short requests alone.
    long_sessions = long_sessions or sessions
    published = published or Published(long_sessions, settings, clock)
    api.init_app(app, api.Context(
        settings, sessions, quick_sessions or sessions, long_sessions, clock, published))
    web.init_app(app, sessions, published, clock, settings.prices)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)
    return app
