"""Requests to a source over HTTP: time-outs, retries where they help, a size limit."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from math import inf
from typing import Any
from zlib import MAX_WBITS, decompressobj, error as ZlibError

import msgspec
import requests
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError

from ..errors import (
    SourceError, SourceGarbled, SourceRefused, SourceTooSlow, SourceUnavailable,
)
from .retries import PatientAdapter, PatientRetry, SlowFailure, on_one_line, reason_of

RETRIED = (429, 500, 502, 503, 504)
CHUNK = 1 << 16
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class HttpOptions:
    """The limits and retries of requests, and the contact they name; times in seconds."""

    tries: int = 4               # after the first
    backoff: float = .1          # doubled with each try
    jitter: float = .1
    longest_wait: float = 120    # whatever a Retry-After says
    connect_timeout: float = 3
    read_timeout: float = 30     # between two chunks of an answer
    deadline: float = 900        # for a whole answer, so that a trickle ends too
    slow_after: float = inf      # see Http
    max_bytes: int = 1 << 28     # of an answer, unpacked
    contact: str = ""            # an e-mail address for the From header
    referer: str = ""
    version: str = "1"


@dataclass(frozen=True)
class Answer:
    """A response, unpacked."""

    status: int
    body: bytes

    @property
    def is_good(self) -> bool:
        return self.status == HTTPStatus.OK

    @property
    def excerpt(self) -> str:
        """The start of the body on one line, for a message."""
        return on_one_line(self.body)


class Http:
    """A session that raises SourceUnavailable when there is no answer.

    A status that a later try may change (429, 5xx) counts as no answer; any other status is
    the caller's to judge. An answer that was not finished in time, or was cut off, is
    SourceTooSlow. For a caller that can ask for less, the option `slow_after` ends the tries
    with SourceTooSlow at the first 504, time-out or failure that took longer than that:
    the same heavy request would only fail again.
    """

    def __init__(self, options: HttpOptions = HttpOptions()) -> None:
        self._options = options
        self._session = _new_session(options)
        self._session_500 = _new_session(options, final=(HTTPStatus.INTERNAL_SERVER_ERROR,))

    def get(self, url: str, **params: Any) -> Answer:
        return self._request(self._session, "GET", url, params=params)

    def get_accepting_500(self, url: str, **params: Any) -> Answer:
        """Return an answer of 500 at once, where it may mean that there is no such thing."""
        return self._request(self._session_500, "GET", url, params=params,
                             final=(HTTPStatus.INTERNAL_SERVER_ERROR,))

    def post(self, url: str, body: bytes) -> Answer:
        return self._request(self._session, "POST", url, data=body,
                             headers={"Content-Type": "application/json"})

    def close(self) -> None:
        self._session.close()
        self._session_500.close()

    def _request(
        self, session: requests.Session, method: str, url: str, *, final: Collection[int] = (),
        **content: Any,
    ) -> Answer:
        timeouts = self._options.connect_timeout, self._options.read_timeout
        try:
            with session.request(
                method, url, timeout=timeouts, stream=True, **content
            ) as response:
                body = _read_body(_pieces_of(response), url, self._options)
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema,
                requests.exceptions.InvalidSchema) as error:
            raise SourceRefused(f"{url} is not a valid address: {error}") from error
        except requests.exceptions.TooManyRedirects as error:
            raise SourceGarbled(f"{url} redirects endlessly: {error}") from error
        except SlowFailure as error:
            raise SourceTooSlow(f"{url} {error}") from error
        except (requests.RequestException, HTTPError, OSError) as error:
            if _is_read_timeout(error):
                raise SourceTooSlow(
                    f"{url} did not answer within {self._options.read_timeout:g} s") from error
            raise SourceUnavailable(f"{url} did not answer: {reason_of(error)}") from error
        answer = Answer(response.status_code, body)
        if answer.status not in final and (
                answer.status in RETRIED or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR):
            kind = (SourceTooSlow if answer.status == HTTPStatus.GATEWAY_TIMEOUT
                    else SourceUnavailable)
            raise kind(f"{url} answered {answer.status}: {answer.excerpt}")
        return answer


def _is_read_timeout(error: BaseException) -> bool:
    """Say whether a server that was reached did not answer in time."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.exceptions.ReadTimeout) or isinstance(
        reason, ReadTimeoutError)


def _new_session(options: HttpOptions, *, final: Collection[int] = ()) -> requests.Session:
    """Make a session that retries, except where the status is final, and identifies itself."""
    retry = PatientRetry(
        longest_wait=options.longest_wait,
        slow_after=options.slow_after,
        total=options.tries,
        backoff_factor=options.backoff,
        backoff_jitter=options.jitter,
        status_forcelist=[status for status in RETRIED if status not in final],
        allowed_methods=("GET", "HEAD", "POST"),  # POST /query only reads
        respect_retry_after_header=True,
        raise_on_status=False,
    )
    session = requests.Session()
    session.mount("http://", PatientAdapter(retry))
    session.mount("https://", PatientAdapter(retry))
    session.headers.update(_headers(options))
    return session


def _headers(options: HttpOptions) -> dict[str, str]:
    headers = {
        "User-Agent": f"seta/{options.version}",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
    }
    if options.contact:
        headers["From"] = options.contact
    if options.referer:
        headers["Referer"] = options.referer
    return headers


def _pieces_of(response: requests.Response) -> Iterator[bytes]:
    """Yield what has arrived of a body, as it arrives, so that a trickle can be noticed."""
    while chunk := response.raw.read1(CHUNK, decode_content=True):
        yield chunk


def _read_body(
    chunks: Iterator[bytes], url: str, options: HttpOptions,
    clock: Callable[[], float] = time.monotonic,
) -> bytes:
    """Join the chunks of an answer.

    One that is too large is SourceGarbled; one that takes too long or breaks off SourceTooSlow.
    """
    ends_at = clock() + options.deadline
    body = bytearray()
    try:
        for chunk in chunks:
            body += chunk
            if len(body) > options.max_bytes:
                raise _too_large(url, options.max_bytes)
            if clock() > ends_at:
                raise SourceTooSlow(
                    f"{url} was not finished after {options.deadline:g} s ({len(body)} bytes)")
    except DecodeError:
        raise
    except ReadTimeoutError as error:
        raise SourceTooSlow(f"{url} began an answer, sent {len(body)} bytes of it and then "
                            f"nothing for {options.read_timeout:g} s") from error
    except (HTTPError, OSError) as error:
        raise SourceTooSlow(
            f"{url} broke off its answer after {len(body)} bytes") from error
    return _unpacked(bytes(body), url, options.max_bytes)


def _unpacked(body: bytes, url: str, max_bytes: int) -> bytes:
    """Unpack a gzip file that was sent as such, not with a Content-Encoding."""
    if not body.startswith(GZIP_MAGIC):
        return body
    unpacker = decompressobj(MAX_WBITS | 16)
    try:
        plain = unpacker.decompress(body, max_bytes + 1)
    except ZlibError as error:
        raise SourceGarbled(f"{url} sent a broken gzip file: {error}") from error
    if len(plain) > max_bytes:
        raise _too_large(url, max_bytes)
    if not unpacker.eof:
        raise SourceGarbled(f"{url} sent a gzip file that ends early")
    return plain


def _too_large(url: str, max_bytes: int) -> SourceGarbled:
    return SourceGarbled(f"{url} sent more than {max_bytes} bytes")


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Put what was requested before the message of a SourceError."""
    try:
        yield
    except SourceError as error:
        raise type(error)(f"{what}: {error}") from error


def decode_json(answer: Answer, what: str) -> Any:
    """Return the JSON of an answer; `what` names the request in errors."""
    if not answer.body.strip():
        raise SourceGarbled(f"{what}: the answer is empty")
    if answer.body.lstrip()[:1] == b"<":
        raise SourceGarbled(
            f"{what}: got an HTML page instead of JSON; is the address right? {answer.excerpt!r}")
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SourceGarbled(f"{what}: not JSON ({error}): {answer.excerpt!r}") from error
