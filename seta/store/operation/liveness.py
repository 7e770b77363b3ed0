"""Tells a run that goes on from one whose program was killed.

The program of a run holds a lock of PostgreSQL for as long as it lives, on a connection that does
nothing else. When the program ends, however it ends, PostgreSQL releases the lock.
"""

import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from ..engine import row_count
from ..locks import Lock

logger = logging.getLogger(__name__)

KEYS = 2**31    # a lock's second key has so many values; ids of runs that go on differ in them

# PostgreSQL notices within two minutes that the other machine is gone; sockets need no setting.
PREPARE = text("""
    SELECT set_config('application_name', :program, false),
           set_config('tcp_keepalives_idle', '60', false),
           set_config('tcp_keepalives_interval', '10', false),
           set_config('tcp_keepalives_count', '6', false)
""")
TAKE = text("SELECT pg_advisory_lock(:lock, :key)")
STOP = """
    UPDATE runs SET status = 'stopped', ended_at = :now, error = 'the program ended in the middle'
    WHERE status = 'running' AND {} EXISTS (
        SELECT FROM pg_locks AS held LEFT JOIN pg_stat_activity AS holder ON holder.pid = held.pid
        WHERE held.locktype = 'advisory' AND held.classid::bigint = :lock
            AND held.objid::bigint = runs.id % :keys AND held.objsubid = 2 AND held.granted
            AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND (:program = '' OR holder.application_name = :program))
"""
STOP_ENDED = text(STOP.format("NOT"))
STOP_OURS = text(STOP.format(""))


@contextmanager
def held_lock(sessions: sessionmaker[Session]) -> Iterator[Callable[[int], None]]:
    """Give a function that locks a run by its id; the lock is held until the block ends.

    Lock a run before others can see its row, or they take its program for dead.
    """
    with sessions() as session:
        engine = session.get_bind().engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()   # from the pool, where it would be missing; closing it ends it
        connection.execute(PREPARE, {"program": _this_program()})

        def take(run_id: int) -> None:
            connection.execute(TAKE, {"lock": Lock.RUN, "key": run_id % KEYS})

        yield take


def stop_ended_runs(sessions: sessionmaker[Session], *, now: datetime) -> int:
    """Mark the runs that killed programs left running; return how many there were.

    What still runs is left alone, whichever program it belongs to.
    """
    with sessions.begin() as session:
        stopped = _stop(session, ours=False, now=now)
    if stopped:
        logger.warning("runs that were interrupted: %d", stopped)
    return stopped


def stop_our_runs(sessions: sessionmaker[Session], *, now: datetime) -> int:
    """Mark the runs of this program, which is about to end in the middle of them."""
    with sessions.begin() as session:
        return _stop(session, ours=True, now=now)


def _stop(session: Session, *, ours: bool, now: datetime) -> int:
    return row_count(session, STOP_OURS if ours else STOP_ENDED, {
        "now": now, "lock": Lock.RUN, "keys": KEYS,
        "program": _this_program() if ours else ""})


def _this_program() -> str:
    return f"seta run {os.getpid()} {socket.gethostname()}"[:63]
