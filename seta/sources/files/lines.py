"""Lines of a stream with their numbers, in constant memory."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_LINE = 1 << 16  # bytes; a record is some hundreds
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class BadLine:
    """A line that is no record."""

    number: int   # from 1
    reason: str


def numbered_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes] | BadLine]:
    """Yield lines that are not blank, and a BadLine for one that is too long.

    A stream that breaks off ends with a BadLine.
    """
    number = 0
    while True:
        number += 1
        try:
            line = stream.readline(MAX_LINE + 1)
            too_long = len(line) > MAX_LINE and skip_rest(line, stream)
        except (EOFError, OSError, zlib.error) as error:
            yield BadLine(number, f"the file cannot be read on: {error}")
            return
        if not line:
            return
        if too_long:
            yield BadLine(number, f"longer than {MAX_LINE} bytes: {line[:60]!r}...")
        elif not line.isspace():
            yield number, line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line


def skip_rest(line: bytes, stream: BinaryIO) -> bool:
    """Read to the end of a line that is too long, without keeping it."""
    while line and not line.endswith(b"\n"):
        line = stream.readline(MAX_LINE)
    return True
