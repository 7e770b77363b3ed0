"""Who uses the embedded server: file locks that end with the program that holds them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def start_lock(path: Path) -> Iterator[None]:
    """Hold the lock under which the server starts and stops, so that these never overlap."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        # Closing is not enough: a process forked meanwhile holds the same lock.
        fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)


class Users:
    """The programs that use one server: each holds a shared lock on one file.

    The system drops a lock when its holder dies, so there is never a stale one.
    """

    def __init__(self, path: Path):
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW,
                               0o600)

    def join(self) -> None:
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Stop using the server; return whether nobody else uses it."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        finally:
            os.close(self._handle)
