"""JSON out of an answer's body, or an error that says what came instead."""

from typing import Any

import msgspec

from seta.errors import SourceGarbled

from .http import Answer


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
