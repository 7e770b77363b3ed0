"""One JSON answer by ``treq``, without blocking the reactor."""

import random

import treq
from twisted.internet import defer, task
from twisted.web.error import SchemeNotSupported

from ..answers import NoAnswer
from ..deadline import Deadline
from ..wire import (
    DEADLINE, MAX_BYTES, PAUSE, TRIES, WORTH_A_RETRY, Question, Refused, one_line, parse,
)

NEVER_WORKS = (SchemeNotSupported, ValueError)  # the address is wrong


async def ask(
    question: Question, reactor, *, seconds: float = DEADLINE, max_bytes: int = MAX_BYTES,
) -> object:
    """Return the JSON that SETA answers; every failure is a ``NoAnswer``.

    The deadline is one for the whole call: look-up, retries and the last byte of the body.
    """
    try:
        return await ask_with_retries(question, reactor, Deadline(seconds), max_bytes)
    except NoAnswer:
        raise
    except Exception as error:  # Twisted has many, and none may reach a master
        raise NoAnswer(one_line(error)) from error


async def ask_with_retries(
    question: Question, reactor, deadline: Deadline, max_bytes: int,
) -> object:
    for tries_left in reversed(range(TRIES)):
        work = defer.ensureDeferred(ask_once(question, max_bytes))
        try:
            return await work.addTimeout(deadline.left, reactor)
        except Refused as error:
            if error.status not in WORTH_A_RETRY or not tries_left:
                raise
        except NoAnswer:
            raise
        except Exception as error:  # what is cut off by the time-out may fail in any way
            deadline.check()
            if not tries_left or isinstance(error, NEVER_WORKS):
                raise
        wait = PAUSE * 2 ** (TRIES - 1 - tries_left) * random.uniform(0.5, 1.5)
        await task.deferLater(reactor, min(wait, deadline.left))
        deadline.check()
    raise AssertionError("the last try returns or raises")


async def ask_once(question: Question, max_bytes: int) -> object:
    headers = question.headers()
    if question.token:
        headers["Authorization"] = f"Bearer {question.token}"
    response = await treq.request(
        question.method, question.url, params=list(question.params), headers=headers,
        data=None if question.body is None else question.body.encode(),
        allow_redirects=False, unbuffered=True, persistent=False,
    )
    body = Body(max_bytes)
    try:
        await treq.collect(response, body.add)
    finally:
        body.is_closed = True
    if response.code not in (200, 201):
        content_type = response.headers.getRawHeaders("Content-Type") or [""]
        raise Refused(response.code, body.data.decode("utf-8", "replace"), content_type[-1])
    return parse(bytes(body.data))


class Body:
    """The bytes of an answer; more than wanted, or later, ends the connection."""

    def __init__(self, max_bytes: int):
        self.data = bytearray()
        self.is_closed = False
        self._max_bytes = max_bytes

    def add(self, data: bytes) -> None:
        if self.is_closed:
            raise NoAnswer("nobody waits for this answer any more")
        self.data += data
        if len(self.data) > self._max_bytes:
            raise NoAnswer(f"the answer is longer than {self._max_bytes} bytes")
