"""Lines of a stream with their numbers, in constant memory."""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from ...domain import JobResult, ListedJob
from ...errors import BadInput
from .records import decode_record

MAX_LINE = 1 << 16  # bytes; a record is some hundreds
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

STANDARD_INPUT = "-"
GZIP_MAGIC = b"\x1f\x8b"


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


def read_records(
    stream: BinaryIO, on_bad: Callable[[BadLine], None]
) -> Iterator[JobResult | ListedJob]:
    """Yield the records of a stream; each line that is none is handed to `on_bad`.

    Reading goes on after a bad line unless `on_bad` raises.
    """
    for line in numbered_lines(stream):
        if isinstance(line, BadLine):
            on_bad(line)
            continue
        try:
            record = decode_record(line[1])
        except BadInput as error:
            on_bad(BadLine(line[0], str(error)))
        else:
            yield record


@contextmanager
def open_records(path: str | Path) -> Iterator[BinaryIO]:
    """Open a file of records; "-" is standard input; gzip is told by its first bytes.

    Raises BadInput where it cannot be opened.
    """
    if str(path) == STANDARD_INPUT:
        yield unpacked(sys.stdin.buffer)
        return
    try:
        stream = open(path, "rb")
    except OSError as error:
        raise BadInput(f"{path} cannot be opened: {error.strerror}") from error
    with stream:
        yield unpacked(stream)


def unpacked(stream: BufferedReader) -> BinaryIO:
    if stream.peek(2)[:2] != GZIP_MAGIC:
        return stream
    return BufferedReader(gzip.GzipFile(fileobj=stream), buffer_size=1 << 18)
