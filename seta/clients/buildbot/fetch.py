"""Get one JSON answer with ``treq``, without blocking the reactor."""

import treq
from twisted.internet import defer, task
from twisted.internet.interfaces import IReactorTime
from twisted.web.error import SchemeNotSupported

from ..exchange import DEADLINE, MAX_BYTES, SUCCESS, Body, Deadline, Refused, Retries
from ..questions import Question


async def ask(
    question: Question, reactor: IReactorTime, *, seconds: float = DEADLINE,
    max_bytes: int = MAX_BYTES,
) -> object:
    """Return the JSON that SETA answers; every failure is a ``NoAnswer``.

    There is one deadline for the whole call: look-up, retries and the last byte of the body.
    """
    deadline = Deadline(seconds)
    retries = Retries(deadline, permanent=(ValueError, SchemeNotSupported))
    while True:
        deadline.check()
        work = defer.ensureDeferred(ask_once(question, max_bytes))
        try:
            return await work.addTimeout(deadline.left, reactor)
        except Exception as error:  # Twisted has many, and none may reach a master
            wait = retries.wait_after(error)
        await task.deferLater(reactor, wait)


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
    if response.code not in SUCCESS:
        content_type = response.headers.getRawHeaders("Content-Type") or [""]
        raise Refused(response.code, body.text, content_type[-1])
    return body.json()
