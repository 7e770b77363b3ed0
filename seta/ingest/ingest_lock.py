"""One ingest of a project from a source at a time."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from ..store.locks import Lock

logger = logging.getLogger(__name__)

LOOK_AGAIN = 0.2  # seconds

TRY = text("SELECT pg_try_advisory_lock(:locks, hashtext(:what))")
RELEASE = text("SELECT pg_advisory_unlock(:locks, hashtext(:what))")


@contextmanager
def alone(sessions: sessionmaker[Session], what: str) -> Iterator[None]:
    """Wait until nobody else does this; whoever is killed lets go by that.

    It is asked for again and again rather than waited for in the database, so that a signal
    ends the wait.
    """
    key = {"locks": Lock.INGEST, "what": what}
    with sessions() as session:
        engine = session.get_bind().engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(TRY, key):
            logger.info("another program is at %s, waiting for it", what)
            while not connection.scalar(TRY, key):
                time.sleep(LOOK_AGAIN)
        try:
            yield
        finally:
            connection.execute(RELEASE, key)
