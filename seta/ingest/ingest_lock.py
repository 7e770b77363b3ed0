"""A lock so that one project is ingested from one source only once at a time."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from ..store.locks import Lock

logger = logging.getLogger(__name__)

RETRY_EVERY = 0.2  # seconds

TRY = text("SELECT pg_try_advisory_lock(:locks, hashtext(:what))")
RELEASE = text("SELECT pg_advisory_unlock(:locks, hashtext(:what))")


@contextmanager
def ingest_lock(
    sessions: sessionmaker[Session], *, project: str, source: str
) -> Iterator[None]:
    """Hold the lock, waiting until it is free; it is released if the program is killed.

    This polls for the lock instead of waiting in the database, so that a signal can end the wait.
    """
    what = f"ingest of {project} from {source}"
    key = {"locks": Lock.INGEST, "what": what}
    with sessions() as session:
        engine = session.get_bind().engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(TRY, key):
            logger.info("another program runs the %s, waiting for it", what)
            while not connection.scalar(TRY, key):
                time.sleep(RETRY_EVERY)
        try:
            yield
        finally:
            connection.execute(RELEASE, key)
