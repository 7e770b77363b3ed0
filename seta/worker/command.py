"""`seta worker`."""

import logging
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from typing import NoReturn, Protocol

import click
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from ..config import Settings
from ..errors import StoreError
from ..store.engine import check_connection, limit_own_waits
from ..store.locks import Lock
from ..store.operation.liveness import stop_ended_runs, stop_our_runs
from .clock import is_overdue, make_clock
from .work import Work

logger = logging.getLogger(__name__)

LOCK_LIMIT = 60.0  # seconds that a hanging database may take to say that we hold the lock
GRACE = 5.0  # seconds for the current run to end; a host kills the process after 10 or more


class Program(Protocol):
    """What the command line provides: the settings and a connected database."""

    settings: Settings

    @property
    def engine(self) -> Engine: ...

    @property
    def sessions(self) -> sessionmaker[Session]: ...

    def watch_database(self) -> bool: ...

    def close(self) -> None: ...


@click.command()
@click.option("--once", is_flag=True, help="Ingest, analyze and prune once, then exit.")
@click.pass_obj
def worker(program: Program, once: bool) -> None:
    """Ingest, analyze and prune on a schedule.

    One worker is active at a time; a second one waits. SIGTERM stops it within 10 seconds, even
    in the middle of a run: what is stored is complete, and the next run continues from there.
    """
    work = Work(program.sessions, program.settings)
    if once:
        work.ingest_and_analyze()
        work.upkeep()
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    is_embedded = program.watch_database()
    leader = Leader(program.engine)
    try:
        if leader.wait(stop):
            _lead(program, work, leader, stop)
    except LockLost as error:
        _end_or_begin_again(program, error, stop, is_embedded=is_embedded)
    leader.resign()


def _lead(program: Program, work: Work, leader: "Leader", stop: threading.Event) -> None:
    """Be the active worker until told to stop, or until the lock is lost."""
    stop_ended_runs(program.sessions, now=datetime.now(UTC))
    work.seed_projects()
    clock = make_clock(ingest=work.ingest_and_analyze, upkeep=work.upkeep,
                       hours=program.settings.ingest_hours)
    if is_overdue(work.last_success(), now=datetime.now(UTC)):
        clock.add_job(work.ingest_and_analyze, id="catch-up", name="catch-up")
    clock.start()
    logger.info("the worker is active; it ingests next at %s",
                f"{clock.get_job('ingest').next_run_time:%Y-%m-%d %H:%M} UTC")
    while not stop.wait(5.0):
        leader.check()
    clock.shutdown(wait=False)
    if not work.wait_idle(GRACE):
        # The thread may be waiting for a source; every commit so far is complete.
        stop_our_runs(program.sessions, now=datetime.now(UTC))
        logger.info("stopped in the middle of a run; the next one continues from there")
        logging.shutdown()
        sys.stderr.flush()
        program.close()
        os._exit(0)
    logger.info("the worker has stopped")


def _end_or_begin_again(
    program: Program, error: "LockLost", stop: threading.Event, *, is_embedded: bool,
) -> NoReturn:
    """End at once, whatever the threads are doing; another worker may be active already.

    Whoever runs the worker starts it again; on an embedded database it does so itself.
    """
    if not is_embedded:
        logger.error("%s; stopping, so that another worker can take over", error)
        os._exit(1)
    logger.error("%s; beginning again when the database is back", error)
    while not stop.wait(1.0):
        try:
            check_connection(program.engine)
        except StoreError:
            continue
        logging.shutdown()
        sys.stderr.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    os._exit(0)


class LockLost(StoreError):
    """The connection that holds the worker's lock, or waits for it, has ended."""


class Leader:
    """Hold the lock, with its own connection, for as long as the worker is active."""

    def __init__(self, engine: Engine):
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        limit_own_waits(self._connection, LOCK_LIMIT)

    def wait(self, stop: threading.Event, *, every: float = 2.0) -> bool:
        """Become the active worker; return whether that happened before `stop` was set."""
        is_logged = False
        while not stop.is_set():
            if self._try():
                return True
            if not is_logged:
                logger.info("another worker is active; waiting for it to end")
                is_logged = True
            stop.wait(every)
        return False

    def check(self) -> None:
        """Raise LockLost when the connection, and with it the lock, is lost."""
        self._ask("SELECT 1")

    def resign(self) -> None:
        self._connection.close()

    def _try(self) -> bool:
        return bool(self._ask(f"SELECT pg_try_advisory_lock({Lock.WORKER:d})"))

    def _ask(self, query: str) -> object:
        try:
            return self._connection.scalar(text(query))
        except DBAPIError as error:
            raise LockLost(f"the worker's lock is lost: {str(error.orig).strip()}") from error
