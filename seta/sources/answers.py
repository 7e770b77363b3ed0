"""JSON out of an answer's body, or an error that says what came instead."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from seta.errors import SourceError, SourceGarbled

from .http import Answer


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Put what was asked for before the message of a SourceError."""
    try:
        yield
    except SourceError as error:
        raise type(error)(f"{what}: {error}") from error


def decode_json(answer: Answer, what: str) -> Any:
    """Return the JSON of an answer; `what` names the question in the error."""
    if not answer.body.strip():
        raise SourceGarbled(f"{what}: the answer is empty")
    if answer.body.lstrip()[:1] == b"<":
        raise SourceGarbled(
            f"{what}: a page came instead of JSON; is the address right? {answer.excerpt!r}")
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SourceGarbled(f"{what}: no JSON ({error}): {answer.excerpt!r}") from error
