"""A server that did not answer in time is not asked again for a while.

Where questions come one after the other, as a Buildbot scheduler's do, each would wait for the
whole deadline, and the last of six changes for six of them.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from .answers import NoAnswer
from .exchange import TooLate

PAUSE = 60.0  # seconds


class Breaker:
    """The servers that were too late, and when each may be asked again."""

    def __init__(self, pause: float = PAUSE, clock: Callable[[], float] = time.monotonic):
        self._pause, self._clock = pause, clock
        self._closed_until: dict[str, float] = {}

    @contextmanager
    def watching(self, url: str) -> Iterator[None]:
        """Raise ``NoAnswer`` at once while the server of this address is not to be asked.

        Otherwise see how the question ends: if it is too late, the server is left alone.
        """
        server = server_of(url)
        left = self._closed_until.get(server, 0.0) - self._clock()
        if left > 0:
            raise NoAnswer(f"{server} did not answer in time before, so it is not asked for "
                           f"another {left:.0f} s")
        try:
            yield
        except TooLate:
            self._closed_until[server] = self._clock() + self._pause
            raise

    def forget(self) -> None:
        self._closed_until.clear()


def server_of(url: str) -> str:
    """Return the part of an address that names the server.

    >>> server_of("https://seta.example.org:8443/api/v1/projects")
    'https://seta.example.org:8443'
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # such as half an IPv6 address, which is refused when it is asked
        return url
    return f"{parts.scheme}://{parts.netloc}"


BREAKER = Breaker()  # of all questions of this process that somebody waits for
