"""A JSON array read as lines, item by item: its items are never in memory together."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from ...errors import BadInput

SPACE = re.compile(r"[ \t\r\n]*")
START = re.compile(r"[ \t\r\n]*\[[ \t\r\n]*(?P<end>\])?")
NEXT = re.compile(r"[ \t\r\n]*(?:,[ \t\r\n]*|(?P<end>\]))")


def array_as_lines(body: bytes) -> BinaryIO:
    """Return the items of a JSON array as NDJSON; reading raises BadInput where it is none."""
    return io.BufferedReader(_Lines(_items(body)))


def _items(body: bytes) -> Iterator[bytes]:
    decoder = json.JSONDecoder()
    try:
        text = body.decode("utf-8-sig")
        separator = START.match(text)
        if separator is None:
            raise BadInput(
                f"the body must be an array of records, not {type(json.loads(text)).__name__}")
        while separator and not separator["end"]:
            item, at = decoder.raw_decode(text, separator.end())
            yield json.dumps(item).encode() + b"\n"
            separator = NEXT.match(text, at)
        if separator is None or SPACE.fullmatch(text, separator.end()) is None:
            raise BadInput("the body is not JSON: expected a comma or ] after an item, and nothing "
                           "after the array")
    except ValueError as error:
        raise BadInput(f"the body is not JSON: {error}") from error


class _Lines(io.RawIOBase):
    """A stream of lines that are made as they are read."""

    def __init__(self, lines: Iterator[bytes]):
        self._lines = lines
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._rest = self._rest or next(self._lines, b"")
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
