"""One limit of time for a piece of work, whatever it hangs in."""

import queue
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from .answers import NoAnswer

Result = TypeVar("Result")


class Deadline:
    """A moment after which nothing is waited for any more."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds until then; never below a millisecond, which no socket accepts."""
        return max(self._end - time.monotonic(), 0.001)

    def check(self) -> None:
        if time.monotonic() >= self._end:
            raise NoAnswer(f"no whole answer within {self.seconds:g} s")


def within(deadline: Deadline, work: Callable[[], Result]) -> Result:
    """Return what ``work`` returns, or raise what it raises, but no later than the deadline.

    The time-outs of a socket count anew with every byte, and looking up a host name has none.
    So the work is done in a thread that is left behind when it is late; being a daemon, it
    does not keep the process from ending.
    """
    results: queue.SimpleQueue = queue.SimpleQueue()

    def run():
        try:
            results.put((work(), None))
        except BaseException as error:  # it is raised again where somebody waits for it
            results.put((None, error))

    threading.Thread(target=run, name="ask-seta", daemon=True).start()
    try:
        result, error = results.get(timeout=deadline.left)
    except queue.Empty:
        raise NoAnswer(f"no whole answer within {deadline.seconds:g} s") from None
    if error is not None:
        raise error
    return result
