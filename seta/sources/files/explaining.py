"""Why a line is no record, with the value that is wrong. Only bad lines pay for this."""

import re
from typing import Any

import msgspec

PLACE = re.compile(r"^(?P<said>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.DOTALL)
STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
LONGEST = 80


def explain(line: bytes, said: str) -> str:
    """Return a reason for a line that the decoder refused in its own words.

    >>> explain(b'{"tier": "one"}', "Expected `int | null`, got `str` - at `$.tier`")
    "tier: expected `int | null`, got `str`: 'one'"
    """
    try:
        record = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return f"not JSON: {error}: {shorten(line.decode('utf-8', 'replace'))}"
    place = PLACE.match(said)
    message, path = place["said"], place["path"] or ""
    message = message[:1].lower() + message[1:]
    if not path:
        return f"{message}: {shorten(record)}"
    return f"{path.lstrip('.')}: {message}: {shorten(value_at(record, path))}"


def value_at(record: Any, path: str) -> Any:
    for name, index in STEP.findall(path):
        try:
            record = record[name] if name else record[int(index)]
        except (KeyError, IndexError, TypeError):
            return record
    return record


def shorten(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}..."
