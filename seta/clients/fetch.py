"""Get one JSON answer with ``requests``, within one deadline, whatever the server does."""

import queue
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import requests

from .answers import NoAnswer
from .breaker import BREAKER
from .exchange import (
    MAX_BYTES, MAX_EXPLANATION, SUCCESS, Body, Deadline, Retries, is_redirect, refusal,
)
from .questions import Question

CHUNK = 2_048  # bytes; small, so that a trickle is noticed

Result = TypeVar("Result")


def ask(question: Question, *, seconds: float, max_bytes: int = MAX_BYTES) -> object:
    """Return the JSON that SETA answers; every failure is a ``NoAnswer``."""
    deadline = Deadline(seconds)
    with BREAKER.watching(question.url):
        return within(deadline, lambda: ask_with_retries(question, deadline, max_bytes))


def ask_with_retries(question: Question, deadline: Deadline, max_bytes: int) -> object:
    retries = Retries(deadline, permanent=(ValueError,))
    while True:
        deadline.check()
        try:
            return ask_once(question, deadline, max_bytes)
        except Exception as error:
            wait = retries.wait_after(error)
        time.sleep(wait)


def ask_once(question: Question, deadline: Deadline, max_bytes: int) -> object:
    with requests.Session() as session, session.request(
        question.method, question.url, params=question.params, data=question.body,
        headers=question.headers(), auth=Bearer(question.token),
        timeout=deadline.left, allow_redirects=False, stream=True,
    ) as response:
        if response.status_code not in SUCCESS:
            raise refusal(response.status_code, response.headers.get,
                          explanation(response, deadline))
        return read(response, deadline, max_bytes).json()


class Bearer(requests.auth.AuthBase):
    """Send the token, or nothing; either way ``~/.netrc`` is ignored."""

    def __init__(self, token: str | None):
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def explanation(response: requests.Response, deadline: Deadline) -> str:
    """Return what the server says was wrong, or else the name of the status."""
    if is_redirect(response.status_code):  # nobody needs the body
        return ""
    try:
        text = read(response, deadline, MAX_EXPLANATION).text
    except (NoAnswer, requests.RequestException):
        text = ""
    return text or response.reason or ""


def read(response: requests.Response, deadline: Deadline, max_bytes: int) -> Body:
    """Return the whole body; too long, too late or compressed unasked is a ``NoAnswer``."""
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise NoAnswer(f"the answer is encoded as {encoding!r}, which was not asked for")
    body = Body(max_bytes)
    for chunk in response.iter_content(CHUNK):
        deadline.check()
        body.add(chunk)
    return body


def within(deadline: Deadline, work: Callable[[], Result]) -> Result:
    """Return what ``work`` returns, or raise what it raises, but no later than the deadline.

    A socket's time-out starts again with every byte, and looking up a host name has none. So the
    work is done in a thread that is left behind when it is late; being a daemon, it does not
    keep the process from ending.
    """
    outcomes: queue.SimpleQueue[Result | BaseException] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcomes.put(work())
        except BaseException as error:  # raised again in the thread that waits
            outcomes.put(error)

    threading.Thread(target=run, name="ask-seta", daemon=True).start()
    try:
        outcome = outcomes.get(timeout=deadline.left)
    except queue.Empty:
        raise deadline.missed() from None
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome
