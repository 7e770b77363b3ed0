"""One JSON answer by ``requests``, within one deadline, whatever the server does."""

import random
import time

import requests

from .answers import NoAnswer
from .deadline import Deadline, within
from .wire import MAX_BYTES, PAUSE, TRIES, WORTH_A_RETRY, Question, Refused, parse

CHUNK = 2_048            # small, so that a trickle is noticed


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
    """Ask for plain bytes, since a compressed answer can grow past any limit in one step."""
    with requests.Session() as session, session.request(
        question.method, question.url, params=question.params, data=question.body,
        headers={**question.headers(), "Accept-Encoding": "identity"},
        auth=Bearer(question.token),
        timeout=deadline.left, allow_redirects=False, stream=True,
    ) as response:
        if response.status_code not in (200, 201):
            raise Refused(response.status_code, explanation(response, deadline),
                          response.headers.get("Content-Type", ""))
        return parse(read(response, deadline, max_bytes))


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
    """Return what the server says was wrong, or what its status is called."""
    if response.is_redirect:
        return f"redirects are not followed, and it points to {response.headers['Location']}"
    try:
        text = read(response, deadline, MAX_BYTES).decode("utf-8", "replace")
    except (NoAnswer, requests.RequestException):
        text = ""
    return text or response.reason or ""
