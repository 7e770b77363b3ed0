"""Connections to the database."""

from typing import Any

from sqlalchemy import CursorResult, Engine, Executable, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from ..errors import StoreError


def make_engine(url: str, **options: Any) -> Engine:
    """Return an engine whose sessions use UTC; it connects at first use."""
    return create_engine(
        url, pool_pre_ping=True,
        connect_args={"options": "-c timezone=UTC", "application_name": "seta",
                      "connect_timeout": 10}, **options)


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


def check_connection(engine: Engine) -> None:
    """Raise StoreError, without the password, when we cannot connect."""
    try:
        with engine.connect():
            pass
    except OperationalError as error:
        shown = engine.url.render_as_string(hide_password=True)
        raise StoreError(f"cannot connect to {shown}: {error.orig}".strip()) from error


def row_count(session: Session, statement: Executable, values: dict[str, Any] | None = None) -> int:
    """Execute a statement; return how many rows it touched."""
    result = session.execute(statement, values)
    assert isinstance(result, CursorResult)  # it is one, for whatever is not a SELECT
    return result.rowcount
