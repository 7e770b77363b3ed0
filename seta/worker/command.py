"""`seta worker`."""

import logging
import os
import signal
import sys
import threading
from datetime import UTC, datetime

import click
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from ..errors import StoreError
from ..store.locks import Lock
from ..store.operation.runs import stop_unfinished_runs
from .clock import is_overdue, make_clock
from .work import Work

logger = logging.getLogger(__name__)

GRACE = 5.0  # seconds that a run in the middle has to end; a host kills after 10 or more


class Leader:
    """Hold the lock with a connection of its own for as long as the worker is active."""

    def __init__(self, engine: Engine):
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def wait(self, stop: threading.Event, *, every: float = 2.0) -> bool:
        """Become the active worker; say whether that was so before `stop` was set."""
        is_told = False
        while not stop.is_set():
            if self._try():
                return True
            if not is_told:
                logger.info("another worker is active; waiting for it to end")
                is_told = True
            stop.wait(every)
        return False

    def check(self) -> None:
        """Raise StoreError when the connection, and with it the lock, is lost."""
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError as error:
            raise StoreError(f"the worker's lock is lost: {error.orig}") from error

    def resign(self) -> None:
        self._connection.close()

    def _try(self) -> bool:
        return self._connection.scalar(
            text("SELECT pg_try_advisory_lock(:key)"), {"key": Lock.WORKER})


@click.command()
@click.option("--once", is_flag=True, help="Ingest, analyse and prune once, and end.")
@click.pass_obj
def worker(program, once: bool):
    """Ingest, analyse and prune by the clock.

    One worker is active at a time; a second one waits. SIGTERM ends it within 10 seconds, in the
    middle of a run too: what is stored is whole, and the next run goes on from there.
    """
    work = Work(program.sessions, program.settings)
    if once:
        work.ingest_and_analyse()
        work.upkeep()
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    leader = Leader(program.engine)
    if leader.wait(stop):
        _lead(program, work, leader, stop)
    leader.resign()


def _lead(program, work: Work, leader: Leader, stop: threading.Event) -> None:
    """Be the active worker until told to stop, or until the lock is lost."""
    _mark_unfinished(program)
    work.seed_projects()
    clock = make_clock(ingest=work.ingest_and_analyse, upkeep=work.upkeep,
                       hours=program.settings.ingest_hours)
    if is_overdue(work.last_success(), now=datetime.now(UTC)):
        clock.add_job(work.ingest_and_analyse, id="catch-up", name="catching up")
    clock.start()
    logger.info("the worker is active; it ingests at %s o'clock UTC",
                " and ".join(str(hour) for hour in program.settings.ingest_hours))
    try:
        while not stop.wait(5.0):
            leader.check()
    except StoreError as error:
        logger.error("%s; ending, so that another worker can take over", error)
        os._exit(1)
    clock.shutdown(wait=False)
    if not work.wait_idle(GRACE):
        # The thread may sit in a question to a source; every commit so far is whole.
        _mark_unfinished(program)
        logger.info("ended in the middle of a run; the next one goes on from there")
        logging.shutdown()
        sys.stderr.flush()
        program.close()
        os._exit(0)
    logger.info("the worker has ended")


def _mark_unfinished(program) -> None:
    with program.sessions.begin() as session:
        stopped = stop_unfinished_runs(session, now=datetime.now(UTC))
    if stopped:
        logger.warning("%d runs had not come to their end", stopped)
