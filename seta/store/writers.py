"""One at a time writes results, job lists and the rollup."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from .locks import Lock


def lock_writers(session: Session) -> None:
    """Wait until nobody else writes results; held until the transaction ends.

    Whoever holds it sees all that was written before, and nothing of it changes meanwhile: what
    is read can be compared with what comes in, nothing is doubled, and two never wait for each
    other in a circle. Batches are short, so the wait is.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": Lock.WRITERS})
