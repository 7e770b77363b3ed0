"""Get one JSON answer with Twisted, without blocking the reactor."""

from contextlib import nullcontext
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

from twisted.internet import defer, task
from twisted.web.client import Agent, FileBodyProducer
from twisted.web.error import SchemeNotSupported
from twisted.web.http_headers import Headers

from ..answers import NoAnswer
from ..breaker import BREAKER, Breaker
from ..exchange import (
    DEADLINE, MAX_BYTES, MAX_EXPLANATION, SUCCESS, Body, Deadline, Retries, is_redirect, refusal,
)
from ..questions import Question
from .connection import Connection, read_body

Reactor = Any  # one of Twisted's, which have no types


async def ask(
    question: Question, reactor: Reactor, *, seconds: float = DEADLINE,
    max_bytes: int = MAX_BYTES, breaker: Breaker | None = BREAKER,
) -> object:
    """Return the JSON that SETA answers; every failure is a ``NoAnswer``.

    There is one deadline for the whole call: look-up, retries and the last byte of the body. Pass
    no ``breaker`` where nobody waits for the answer.
    """
    with breaker.watching(question.url) if breaker else nullcontext():
        return await ask_with_retries(question, reactor, Deadline(seconds), max_bytes)


async def ask_with_retries(
    question: Question, reactor: Reactor, deadline: Deadline, max_bytes: int,
) -> object:
    retries = Retries(deadline, permanent=(ValueError, SchemeNotSupported))
    while True:
        deadline.check()
        work = defer.ensureDeferred(ask_once(question, reactor, max_bytes))
        try:
            return await work.addTimeout(deadline.left, reactor)
        except Exception as error:  # Twisted has many, and none may reach a master
            wait = retries.wait_after(error)
        await task.deferLater(reactor, wait)


async def ask_once(question: Question, reactor: Reactor, max_bytes: int) -> object:
    """Ask on a connection of its own, which ends with the answer, however that comes out."""
    connection = Connection(reactor)
    asked = Agent.usingEndpointFactory(reactor, connection).request(
        question.method.encode(), full_address(question), full_headers(question),
        FileBodyProducer(BytesIO(question.body.encode())) if question.body is not None else None)
    asked.addCallback(connection.head_has_come)
    try:
        response = await asked
        if response.code not in SUCCESS:
            raise refusal(response.code, lambda name: header(response, name),
                          await explanation(response))
        return (await read(response, Body(max_bytes))).json()
    except Exception:
        if connection.failure:  # Twisted only knows that the connection was lost
            raise connection.failure from None
        raise
    finally:
        connection.close()


async def explanation(response: Any) -> str:
    """Return what the server says was wrong, if it does so with a body that can be read."""
    if is_redirect(response.code):
        return ""
    try:
        text = (await read(response, Body(MAX_EXPLANATION))).text
    except NoAnswer:
        text = ""
    return text or str(response.phrase, "latin-1")


async def read(response: Any, body: Body) -> Body:
    """Read the whole body; one that is compressed, though nobody asked for it, is refused."""
    encoding = header(response, "Content-Encoding") or "identity"
    if encoding != "identity":
        raise NoAnswer(f"the answer is encoded as {encoding!r}, which was not asked for")
    await read_body(response, body)
    return body


def full_address(question: Question) -> bytes:
    """Return the address with its parameters; ``ValueError`` if no host can have this name."""
    parts = urlsplit(question.url)
    host = parts.netloc.encode("idna").decode()
    return parts._replace(netloc=host, query=urlencode(question.params)).geturl().encode("ascii")


def full_headers(question: Question) -> Headers:
    headers = Headers({name: [value] for name, value in question.headers().items()})
    if question.token:
        headers.setRawHeaders("Authorization", [f"Bearer {question.token}"])
    return headers


def header(response: Any, name: str) -> str | None:
    values = response.headers.getRawHeaders(name)
    return str(values[-1]) if values else None
