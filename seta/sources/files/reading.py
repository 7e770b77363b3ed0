"""Read the records of a file or stream line by line, in constant memory."""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from ...domain import JobResult, ListedJob
from ...errors import BadInput, SourceGarbled
from .records import decode_record

MAX_LINE = 1 << 16  # bytes; a record is some hundreds
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
STANDARD_INPUT = "-"
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class BadLine:
    """A line that is not a record."""

    number: int   # from 1
    reason: str
    is_cut: bool = False   # it is the last one and ends in the middle of a record


@contextmanager
def open_records(path: str | Path) -> Iterator[BinaryIO]:
    """Open a file of records, gzipped or not; "-" is standard input.

    Raises BadInput for a file that cannot be opened.
    """
    if str(path) == STANDARD_INPUT:
        yield _unpacked(cast(BufferedReader, sys.stdin.buffer))
        return
    with _opened(path) as stream:
        yield _unpacked(stream)


def check_readable(path: str | Path) -> None:
    """Raise BadInput for a file that cannot be opened; a pipe is left alone."""
    if str(path) != STANDARD_INPUT and not Path(path).is_fifo():
        _opened(path).close()


def _opened(path: str | Path) -> BufferedReader:
    try:
        return open(path, "rb")
    except OSError as error:
        raise BadInput(f"cannot open {path}: {error.strerror}") from error


def _unpacked(stream: BufferedReader) -> BinaryIO:
    if stream.peek(2)[:2] != GZIP_MAGIC:
        return stream
    return BufferedReader(gzip.GzipFile(fileobj=stream), buffer_size=1 << 18)


def read_records(
    stream: BinaryIO, on_bad: Callable[[BadLine], None]
) -> Iterator[JobResult | ListedJob]:
    """Yield the records of a stream; each line that is not a record goes to `on_bad`.

    Reading continues after a bad line unless `on_bad` raises. Raises SourceGarbled, after the
    records before it, where the stream cannot be read to its end.
    """
    for line in _numbered_lines(stream):
        if isinstance(line, BadLine):
            on_bad(line)
            continue
        try:
            record = decode_record(line[1])
        except BadInput as error:
            is_cut = not line[1].endswith((b"}", b"\n"))
            on_bad(BadLine(line[0], str(error), is_cut))
        else:
            yield record


def _numbered_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes] | BadLine]:
    """Yield lines that are not blank, and a BadLine for one that is too long."""
    number = 0
    while True:
        number += 1
        try:
            line = stream.readline(MAX_LINE + 1)
            too_long = len(line) > MAX_LINE
            if too_long:
                _skip_rest(line, stream)
        except (EOFError, OSError, zlib.error) as error:
            raise SourceGarbled(
                f"it cannot be read to its end: it breaks off in line {number} ({error})"
            ) from error
        if not line:
            return
        if too_long:
            yield BadLine(number, f"longer than {MAX_LINE} bytes: {line[:60]!r}...")
        elif not line.isspace():
            yield number, line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line


def _skip_rest(line: bytes, stream: BinaryIO) -> None:
    """Read to the end of a line that is too long, without keeping it."""
    while line and not line.endswith(b"\n"):
        line = stream.readline(MAX_LINE)
