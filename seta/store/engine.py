"""Connections to the database."""

import logging

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from ..errors import StoreError

logger = logging.getLogger(__name__)


def make_engine(url: str, **options) -> Engine:
    """Return an engine whose sessions speak UTC; it connects at first use."""
    return create_engine(
        url, pool_pre_ping=True,
        connect_args={"options": "-c timezone=UTC", "application_name": "seta",
                      "connect_timeout": 10}, **options)


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


def check_connection(engine: Engine) -> None:
    """Raise StoreError, without the password, when the database cannot be had."""
    try:
        with engine.connect():
            pass
    except OperationalError as error:
        shown = engine.url.render_as_string(hide_password=True)
        raise StoreError(f"the database {shown} cannot be had: {error.orig}".strip()) from error
