"""Requests to a source over HTTP: time-outs, retries where they help, a size limit."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self
from zlib import MAX_WBITS, decompressobj, error as ZlibError

import msgspec
import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from ..errors import SourceError, SourceGarbled, SourceRefused, SourceUnavailable

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
        return " ".join(self.body[:300].decode("utf-8", "replace").split())


class PatientRetry(Retry):
    """A Retry that does not wait for hours, even if a server asks for that."""

    def __init__(self, *args: Any, longest_wait: float = 120, **others: Any) -> None:
        super().__init__(*args, **others)
        self.longest_wait = longest_wait

    def new(self, **changes: Any) -> Self:
        return super().new(longest_wait=self.longest_wait, **changes)

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        seconds = super().get_retry_after(response)
        return None if seconds is None else min(seconds, self.longest_wait)


class Http:
    """A session that raises SourceUnavailable when there is no answer.

    A status that a later try may change (429, 5xx) counts as no answer; any other status is
    the caller's to judge.
    """

    def __init__(self, options: HttpOptions = HttpOptions()) -> None:
        self._options = options
        self._session = _new_session(options)

    def get(self, url: str, **params: Any) -> Answer:
        return self._request("GET", url, params=params)

    def post(self, url: str, body: bytes) -> Answer:
        return self._request("POST", url, data=body, headers={"Content-Type": "application/json"})

    def close(self) -> None:
        self._session.close()

    def _request(self, method: str, url: str, **content: Any) -> Answer:
        timeouts = self._options.connect_timeout, self._options.read_timeout
        try:
            with self._session.request(
                method, url, timeout=timeouts, stream=True, **content
            ) as response:
                body = _read_body(_pieces_of(response), url, self._options)
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema,
                requests.exceptions.InvalidSchema) as error:
            raise SourceRefused(f"{url} is not a valid address: {error}") from error
        except requests.exceptions.TooManyRedirects as error:
            raise SourceGarbled(f"{url} redirects endlessly: {error}") from error
        except (requests.RequestException, HTTPError, OSError) as error:
            raise SourceUnavailable(f"{url} did not answer: {error}") from error
        answer = Answer(response.status_code, body)
        if answer.status in RETRIED or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise SourceUnavailable(f"{url} answered {answer.status}: {answer.excerpt}")
        return answer


def _new_session(options: HttpOptions) -> requests.Session:
    """Make a session that retries and identifies itself."""
    retry = PatientRetry(
        longest_wait=options.longest_wait,
        total=options.tries,
        backoff_factor=options.backoff,
        backoff_jitter=options.jitter,
        status_forcelist=RETRIED,
        allowed_methods=("GET", "HEAD", "POST"),  # POST /query only reads
        respect_retry_after_header=True,
        raise_on_status=False,
    )
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=retry))
    session.mount("https://", HTTPAdapter(max_retries=retry))
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
    """Join the chunks of an answer; too large is SourceGarbled, too slow SourceUnavailable."""
    ends_at = clock() + options.deadline
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > options.max_bytes:
            raise _too_large(url, options.max_bytes)
        if clock() > ends_at:
            raise SourceUnavailable(
                f"{url} sent {len(body)} bytes and was not finished after {options.deadline} s")
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
