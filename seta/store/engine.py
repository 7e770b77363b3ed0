"""Connections to the database, and how long anything waits for it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from sqlalchemy import (
    Connection, CursorResult, Engine, Executable, QueuePool, create_engine, event, text,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from ..errors import StoreError
from .gate import Gate
from .waits import WatchedConnection, WatchedCursor, connection_factory

PING_LIMIT = 1.0     # seconds for a connection of the pool to show that it is alive
ALIVE_FOR = 0.1      # seconds for which an answer shows that too
GRACE = 0.4          # seconds for the server's own time-out to reach us before we stop waiting
NO_ANSWER = "the database does not answer now, or has too much to do"


@dataclass(frozen=True)
class Limits:
    """How long a program waits for the database, in seconds."""

    connect: int      # whole seconds, and at least 2: the driver's rule
    statement: float
    lock: float


WORK = Limits(connect=10, statement=1800, lock=600)  # commands, the worker, migrations
WEB = Limits(connect=2, statement=4, lock=3)         # clients wait for five
WEB_WORK = Limits(connect=2, statement=60, lock=30)  # what a web request may do that takes long


class PatientPool(QueuePool):
    """A pool that notices within PING_LIMIT that the server of a connection hangs.

    A connection that answered just now is not asked first whether it is alive.
    """

    def connect(self) -> PoolProxiedConnection:
        made = super().connect()
        connection = made.dbapi_connection
        if isinstance(connection, WatchedConnection):
            connection.wait_limit = connection.usual_limit
            connection.autocommit = False
        return made

    def _do_get(self) -> ConnectionPoolEntry:
        entry = super()._do_get()
        connection = entry.dbapi_connection
        if isinstance(connection, WatchedConnection):
            connection.wait_limit = PING_LIMIT
            entry.fresh = monotonic() - connection.answered_at < ALIVE_FOR
        return entry


class GatedPool(PatientPool):
    """A pool for web threads: who would wait for a database that hangs is turned away instead.

    An entry that comes back without its connection, or that cannot be connected, is a failure.
    """

    def __init__(self, creator: Callable[..., Any], pool_size: int = 5, **options: Any):
        super().__init__(creator, pool_size, **options)
        self._gate = Gate(pool_size, refusal=NO_ANSWER)

    def _do_get(self) -> ConnectionPoolEntry:
        self._gate.enter()
        try:
            return super()._do_get()
        except BaseException:
            self._gate.leave(has_failed=True)
            raise

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        try:
            super()._do_return_conn(record)
        finally:
            self._gate.leave(has_failed=record.dbapi_connection is None)


# SQLAlchemy names a pool's log after its class: what a pool says of itself is not our news.
for _pool in (PatientPool, GatedPool):
    logging.getLogger(f"{_pool.__module__}.{_pool.__name__}").setLevel(logging.WARNING)


def make_engine(url: str, limits: Limits = WORK, **options: Any) -> Engine:
    """Return an engine whose sessions use UTC and wait as long as `limits` say, never longer.

    It connects at first use. Where the server does not enforce a limit, because it hangs or is
    out of reach, our own does: see `waits`.
    """
    server_options = {
        "timezone": "UTC", "statement_timeout": f"{limits.statement * 1000:.0f}",
        "lock_timeout": f"{limits.lock * 1000:.0f}",
        "jit": "off"}  # compiling our queries takes longer than it saves
    return create_engine(
        url, pool_pre_ping=True, **{"poolclass": PatientPool} | options, connect_args={
            "connection_factory": connection_factory(limits.statement + GRACE),
            "cursor_factory": WatchedCursor,
            "options": " ".join(f"-c {name}={value}" for name, value in server_options.items()),
            "application_name": "seta",
            "connect_timeout": limits.connect,
            # Of TCP alone: the other machine, or the way to it, may be gone without a word.
            "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
            "tcp_user_timeout": f"{min(limits.statement, 60) * 1000:.0f}",
        })


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


def make_quick_sessions(engine: Engine) -> sessionmaker[Session]:
    """Return sessions of which each statement is a transaction of its own.

    For questions of one statement or a few: nothing is sent to begin and end a transaction. They
    share the engine's connections, which `PatientPool` makes usual again.
    """
    quick = engine.execution_options()
    event.listen(quick, "engine_connect", _commit_each_statement)
    return make_sessions(quick)


def _commit_each_statement(connection: Connection) -> None:
    # Not by SQLAlchemy's isolation level: for that, the driver sends statements of its own.
    driver = connection.connection.dbapi_connection
    if isinstance(driver, WatchedConnection):
        driver.autocommit = True


def limit_waits(session: Session, seconds: float) -> None:
    """Let no statement of this transaction take longer than this."""
    session.execute(text("SELECT set_config('statement_timeout', :limit, true)"),
                    {"limit": f"{seconds * 1000:.0f}"})
    limit_own_waits(session.connection(), seconds)


def limit_own_waits(connection: Connection, seconds: float) -> None:
    """Stop waiting for an answer on this connection after this time."""
    driver = connection.connection.dbapi_connection
    if isinstance(driver, WatchedConnection):
        driver.wait_limit = seconds + GRACE


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
