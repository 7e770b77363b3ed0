"""The rules of one exchange with SETA, whatever does the HTTP.

How long a call may take, what is tried again and after which wait, how much of an answer is read,
and how every failure becomes a ``NoAnswer``.
"""

import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from .answers import NoAnswer
from .text import clean

DEADLINE = 10.0          # seconds for a whole call, retries included
MAX_BYTES = 8_000_000    # 10,000 names of 100 characters, several times over
MAX_HEAD = 65_536        # bytes of an answer's head
MAX_EXPLANATION = 100_000  # bytes of what a server says beside an HTTP error
MAX_REASON = 500         # letters of a reason
TRIES = 3
PAUSE = 0.25             # seconds before the second try, twice that before the third
SUCCESS = frozenset({200, 201})
RETRYABLE = frozenset({429, 500, 502, 503, 504})


class Refused(NoAnswer):
    """SETA answered with an HTTP status that is not an answer to the question."""

    def __init__(
        self, status: int, text: str, *, content_type: str = "", retry_after: float = 0.0,
    ):
        super().__init__(f"HTTP {status}: {clean(text)}")
        self.status = status
        self.content_type = content_type
        self.retry_after = retry_after  # seconds; 0 where the server does not say


class TooLate(NoAnswer):
    """The deadline passed before the whole answer was there."""


def refusal(status: int, header: Callable[[str], str | None], text: str) -> Refused:
    """Return what an answer with this status means; ``header`` looks up one of its headers.

    Redirects are not followed: a PUT would become a GET, and the token would go wherever they
    point.
    """
    if is_redirect(status):
        target = header("Location") or "no address"
        text = f"redirects are not followed, and this one points to {target}"
    return Refused(status, text, content_type=header("Content-Type") or "",
                   retry_after=seconds_from(header("Retry-After"), now=datetime.now(UTC)))


def is_redirect(status: int) -> bool:
    return 300 <= status < 400


def seconds_from(retry_after: str | None, *, now: datetime) -> float:
    """Read a ``Retry-After`` (RFC 9110): seconds, or a date; 0 where it is neither.

    >>> moment = datetime(2020, 2, 1, tzinfo=UTC)
    >>> [seconds_from(text, now=moment) for text in (
    ...     "120", "Sat, 01 Feb 2020 00:00:05 GMT", "Sat, 01 Feb 2019 00:00:00 GMT", "soon", None)]
    [120.0, 5.0, 0.0, 0.0, 0.0]
    """
    text = (retry_after or "").strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


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

    def missed(self) -> TooLate:
        seconds = f"{max(self.seconds, 0.1):.1f}".removesuffix(".0")
        return TooLate(f"no whole answer within {seconds} s")


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
        clients from coming back at the same moment. A server that says when to come back is
        asked then. There is no next try after the deadline.
        """
        if not isinstance(error, NoAnswer):
            self._deadline.check()  # work that the deadline cuts off may fail in any way
        pause = PAUSE * 2.0 ** self._failures * random.uniform(0.5, 1.5)
        self._failures += 1
        wait = max(pause, error.retry_after if isinstance(error, Refused) else 0.0)
        if (self._failures == TRIES or not self._is_retryable(error)
                or wait >= self._deadline.left):
            raise error if isinstance(error, NoAnswer) else NoAnswer(one_line(error)) from error
        return wait

    def _is_retryable(self, error: Exception) -> bool:
        if isinstance(error, NoAnswer):
            return isinstance(error, Refused) and error.status in RETRYABLE
        return not isinstance(error, self._permanent)


class Body:
    """The bytes of an answer as they arrive; too many are a ``NoAnswer``."""

    def __init__(self, max_bytes: int):
        self.data = bytearray()
        self._max_bytes = max_bytes

    def add(self, data: bytes) -> None:
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
    if isinstance(error, NoAnswer):
        return clean(str(error), MAX_REASON)
    inner = cause(error)
    return clean(f"{type(error).__name__}: {str(inner) or type(inner).__name__}", MAX_REASON)


def cause(error: BaseException) -> BaseException:
    """Return what requests, urllib3 or Twisted wrapped in errors that say nothing themselves.

    Twisted wraps a list of ``Failure`` objects, each with the error as its ``value``.
    """
    while True:
        inner = getattr(error, "reasons", None) or getattr(error, "reason", None) or error.args
        if isinstance(inner, (list, tuple)) and inner:
            inner = inner[0]
        inner = getattr(inner, "value", inner)
        if not isinstance(inner, Exception):
            return error
        error = inner
