"""One JSON answer over HTTP, within one deadline, whatever the server does."""

import json
import random
import time
from dataclasses import dataclass, field

import requests

from .answers import NoAnswer
from .deadline import Deadline, within

USER_AGENT = "seta-clients/1"
MAX_BYTES = 8_000_000    # 10,000 names of 100 characters, several times over
CHUNK = 2_048            # small, so that a trickle is noticed
TRIES = 3
PAUSE = 0.25             # seconds before the second try, twice that before the third
WORTH_A_RETRY = frozenset({429, 500, 502, 503, 504})


class Refused(NoAnswer):
    """SETA answered with an HTTP status that is no answer to what was asked."""

    def __init__(self, response: requests.Response, text: str):
        super().__init__(f"HTTP {response.status_code}: {text or response.reason}")
        self.status = response.status_code
        self.content_type = response.headers.get("Content-Type", "")


@dataclass(frozen=True)
class Question:
    """One request; equal questions have equal answers for the life of a decision."""

    method: str
    url: str
    params: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    token: str | None = field(default=None, repr=False)


def ask(question: Question, *, seconds: float, max_bytes: int = MAX_BYTES) -> object:
    """Return the JSON that SETA answers; every failure is a ``NoAnswer``.

    Failures that a second try may cure are tried again while the deadline lasts. Redirects are
    not followed: a PUT would become a GET, and the token would go where they point.
    """
    deadline = Deadline(seconds)
    return within(deadline, lambda: ask_with_retries(question, deadline, max_bytes))


def ask_with_retries(question: Question, deadline: Deadline, max_bytes: int) -> object:
    for tries_left in reversed(range(TRIES)):
        try:
            return ask_once(question, deadline, max_bytes)
        except Refused as error:
            if error.status not in WORTH_A_RETRY or not tries_left:
                raise
        except requests.RequestException as error:
            if not tries_left or isinstance(error, ValueError):  # a URL that can never work
                raise NoAnswer(f"{type(error).__name__}: {innermost(error)}") from error
        pause(PAUSE * 2 ** (TRIES - 1 - tries_left), deadline)
    raise AssertionError("the last try returns or raises")


def innermost(error: Exception) -> Exception:
    """Return what requests and urllib3 wrapped, whose texts repeat the whole address."""
    while True:
        inner = getattr(error, "reason", None) or (error.args and error.args[0])
        if not isinstance(inner, Exception):
            return error
        error = inner


def pause(seconds: float, deadline: Deadline) -> None:
    """Wait about so long; the jitter keeps many clients from coming back at one moment."""
    time.sleep(min(seconds * random.uniform(0.5, 1.5), deadline.left))
    deadline.check()


def ask_once(question: Question, deadline: Deadline, max_bytes: int) -> object:
    with requests.Session() as session, session.request(
        question.method, question.url, params=question.params, data=question.body,
        headers=request_headers(question), auth=Bearer(question.token),
        timeout=deadline.left, allow_redirects=False, stream=True,
    ) as response:
        if response.status_code not in (200, 201):
            raise Refused(response, explanation(response, deadline))
        return parse(read(response, deadline, max_bytes))


def request_headers(question: Question) -> dict[str, str]:
    """Ask for plain bytes, since a compressed answer can grow past any limit in one step."""
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json",
               "Accept-Encoding": "identity", "Cache-Control": "no-cache"}
    if question.body is not None:
        headers["Content-Type"] = "application/json"
    return headers


class Bearer(requests.auth.AuthBase):
    """Send the token, or nothing; either way a ~/.netrc has no say."""

    def __init__(self, token: str | None):
        self.token = token

    def __call__(self, request):
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def read(response: requests.Response, deadline: Deadline, max_bytes: int) -> bytes:
    """Return the whole body; too long, too late or compressed unasked is a ``NoAnswer``."""
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise NoAnswer(f"the answer is encoded as {encoding!r}, which was not asked for")
    body = bytearray()
    for chunk in response.iter_content(CHUNK):
        deadline.check()
        body += chunk
        if len(body) > max_bytes:
            raise NoAnswer(f"the answer is longer than {max_bytes} bytes")
    return bytes(body)


def explanation(response: requests.Response, deadline: Deadline) -> str:
    """Return what the server says was wrong, on one line and cut short."""
    if response.is_redirect:
        return f"redirects are not followed, and it points to {response.headers['Location']}"
    try:
        text = read(response, deadline, MAX_BYTES).decode("utf-8", "replace")
    except (NoAnswer, requests.RequestException):
        return ""
    return " ".join(text.split())[:300]


def parse(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoAnswer(f"the answer is not JSON: {error}") from error
