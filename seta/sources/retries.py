"""Retries that help: never for hours, and not of what was too slow."""

import re
import time
from contextlib import suppress
from http import HTTPStatus
from math import inf
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import ConnectTimeoutError, HTTPError, ProtocolError, ReadTimeoutError
from urllib3.util.retry import Retry

EXCERPT = 300  # bytes
TAG = re.compile(r"<[^>]*(>|$)")


class SlowFailure(HTTPError):
    """A failed try that is not repeated, since the answer took too long."""


class PatientRetry(Retry):
    """A Retry that does not wait for hours, and does not repeat what was too slow.

    `began` is when its current try began, on the monotonic clock.
    """

    def __init__(
        self, *args: Any, longest_wait: float = 120, slow_after: float = inf, began: float = 0,
        **others: Any,
    ) -> None:
        super().__init__(*args, **others)
        self.longest_wait = longest_wait
        self.slow_after = slow_after
        self.began = began

    def new(self, **changes: Any) -> Self:
        own = {"longest_wait": self.longest_wait, "slow_after": self.slow_after,
               "began": self.began}
        return super().new(**own | changes)

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        seconds = super().get_retry_after(response)
        return None if seconds is None else min(seconds, self.longest_wait)

    def increment(
        self, method: str | None = None, url: str | None = None,
        response: BaseHTTPResponse | None = None, error: Exception | None = None,
        *others: Any, **more: Any,
    ) -> Self:
        """Count a failed try. Raises SlowFailure where another one would not help."""
        took = time.monotonic() - self.began
        if response is not None:
            is_slow = response.status == HTTPStatus.GATEWAY_TIMEOUT or took > self.slow_after
        else:
            is_slow = isinstance(error, ReadTimeoutError) or (
                took > self.slow_after and not isinstance(error, ConnectTimeoutError))
        if is_slow and self.slow_after < inf:
            raise SlowFailure(_slowness(response, error, took))
        return super().increment(method, url, response, error, *others, **more)

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        super().sleep(response)
        self.began = time.monotonic()


def _slowness(
    response: BaseHTTPResponse | None, error: Exception | None, took: float
) -> str:
    if isinstance(error, ReadTimeoutError):
        return f"did not answer within {took:.0f} s"
    if response is None:
        return f"closed the connection after {took:.0f} s without an answer"
    start = b""
    with suppress(HTTPError, OSError):
        start = response.read1(EXCERPT)
    response.close()
    return f"answered {response.status} after {took:.0f} s: {on_one_line(start)}"


def on_one_line(body: bytes) -> str:
    """The start of a body for a message; of a page only its text.

    >>> on_one_line(b"<html><title>504 Gateway Time-out</title><hr>nginx</html>")
    '504 Gateway Time-out nginx'
    """
    start = body[:EXCERPT].decode("utf-8", "replace")
    if start.lstrip().startswith("<"):
        start = TAG.sub(" ", start)
    return " ".join(start.split())


def reason_of(error: BaseException) -> str:
    """Why there was no answer, without the names of classes around it."""
    cause = error.args[0] if error.args else error
    reason = getattr(cause, "reason", None) or cause
    if isinstance(reason, ProtocolError) and len(reason.args) > 1:
        reason = reason.args[1]
    return str(reason).rpartition("establish a new connection: ")[2]


class PatientAdapter(HTTPAdapter):
    """Starts the clock of each request's first try."""

    def __init__(self, retry: PatientRetry) -> None:
        self._retry = retry
        super().__init__(max_retries=retry)

    @property
    def max_retries(self) -> Retry:
        return self._retry.new(began=time.monotonic())

    @max_retries.setter
    def max_retries(self, retry: Retry) -> None:
        """Leave what `__init__` has set."""
