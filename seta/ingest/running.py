"""A piece of work as a row that can be looked at, while it runs and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy.orm import Session, sessionmaker

from ..errors import SetaError
from ..store import operation


class RunningWork:
    """What is said of the work when it ends."""

    def __init__(self):
        self.counts: dict = {}
        self.error: str | None = None  # it came to its end, but something is missing


@contextmanager
def recorded_run(
    sessions: sessionmaker[Session], task: str, *, now: datetime, **what: str
) -> Iterator[RunningWork]:
    """Record that work runs, and how it ended: done, failed, or stopped in the middle."""
    began = monotonic()
    with sessions.begin() as session:
        run_id = operation.start_run(session, task, now=now, **what)
    work = RunningWork()
    status, error = "stopped", "stopped in the middle"
    try:
        yield work
        status, error = ("failed", work.error) if work.error else ("done", None)
    except SetaError as failure:
        status, error = "failed", str(failure)
        raise
    except Exception as failure:
        status, error = "failed", f"{type(failure).__name__}: {failure}"
        raise
    finally:
        with sessions.begin() as session:
            operation.end_run(
                session, run_id, status=status, counts=work.counts, error=error,
                now=now + timedelta(seconds=monotonic() - began))
