"""The rules of one exchange with SETA, whatever does the HTTP.

How long a call may take, what is tried again and after which wait, how much of an answer is read,
and how every failure becomes a ``NoAnswer``.
"""

import json
import random
import time

from .answers import NoAnswer

DEADLINE = 10.0          # seconds for a whole call, retries included
MAX_BYTES = 8_000_000    # 10,000 names of 100 characters, several times over
TRIES = 3
PAUSE = 0.25             # seconds before the second try, twice that before the third
SUCCESS = frozenset({200, 201})
RETRYABLE = frozenset({429, 500, 502, 503, 504})


class Refused(NoAnswer):
    """SETA answered with an HTTP status that is not an answer to the question."""

    def __init__(self, status: int, text: str, content_type: str = ""):
        super().__init__(f"HTTP {status}: {' '.join(text.split())[:300]}")
        self.status = status
        self.content_type = content_type


class Deadline:
    """The moment after which nobody waits for an answer."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds until then; at least a millisecond, since no socket accepts less."""
        return max(self._end - time.monotonic(), 0.001)

    def check(self) -> None:
        if time.monotonic() >= self._end:
            raise self.missed()

    def missed(self) -> NoAnswer:
        return NoAnswer(f"no whole answer within {self.seconds:g} s")


class Retries:
    """Which failures are tried again, and how long to wait before that.

    ``permanent`` names the errors that a retry cannot fix, such as a malformed address.
    """

    def __init__(self, deadline: Deadline, *, permanent: tuple[type[Exception], ...]):
        self._deadline = deadline
        self._permanent = permanent
        self._failures = 0

    def wait_after(self, error: Exception) -> float:
        """Return how many seconds to wait before the next try.

        If there is none, raise the error as a ``NoAnswer``. The jitter keeps many
        clients from coming back at the same moment.
        """
        if not isinstance(error, NoAnswer):
            self._deadline.check()  # work that the deadline cuts off may fail in any way
        pause = PAUSE * 2.0 ** self._failures
        self._failures += 1
        if self._failures == TRIES or not self._is_retryable(error):
            raise error if isinstance(error, NoAnswer) else NoAnswer(one_line(error)) from error
        return min(pause * random.uniform(0.5, 1.5), self._deadline.left)

    def _is_retryable(self, error: Exception) -> bool:
        if isinstance(error, NoAnswer):
            return isinstance(error, Refused) and error.status in RETRYABLE
        return not isinstance(error, self._permanent)


class Body:
    """The bytes of an answer as they arrive; too many are a ``NoAnswer``."""

    def __init__(self, max_bytes: int):
        self.data = bytearray()
        self.is_closed = False
        self._max_bytes = max_bytes

    def add(self, data: bytes) -> None:
        if self.is_closed:
            raise NoAnswer("the deadline has passed")
        self.data += data
        if len(self.data) > self._max_bytes:
            raise NoAnswer(f"the answer is longer than {self._max_bytes} bytes")

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")

    def json(self) -> object:
        try:
            return json.loads(bytes(self.data))
        except (ValueError, RecursionError) as error:
            raise NoAnswer(f"the answer is not JSON: {error}") from error


def one_line(error: Exception) -> str:
    """Return the reason as one log line, without any control character."""
    text = str(error) if isinstance(error, NoAnswer) else f"{type(error).__name__}: {cause(error)}"
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def cause(error: BaseException) -> BaseException:
    """Return what requests and urllib3 wrapped in errors whose texts repeat the whole address."""
    while True:
        inner = getattr(error, "reason", None) or (error.args and error.args[0])
        if not isinstance(inner, Exception):
            return error
        error = inner
