"""The advisory locks of this database: any numbers, but each only once."""

from enum import IntEnum, unique

from sqlalchemy import text
from sqlalchemy.orm import Session


@unique
class Lock(IntEnum):
    UPGRADE = 7382_01   # migrations
    WRITERS = 7382_02   # results, job lists and the rollup
    INGEST = 7382_03    # the first of two keys; the second is of the project and source
    WORKER = 7382_04    # the active worker
    RUN = 7382_05       # the first of two keys; the second is of the run, while its program lives
    LEDGER = 7382_20    # the seed of a hash of the project and build system


def lock_writers(session: Session) -> None:
    """Wait until nobody else writes results; held until the transaction ends.

    The holder sees all that was written before, and none of it changes meanwhile: what is read
    can be compared with what comes in, nothing is stored twice, and two writers cannot deadlock.
    Batches are short, so nobody waits long.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": Lock.WRITERS})
