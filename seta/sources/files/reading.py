"""Files, plain or gzip, read record by record."""

import gzip
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from seta.domain import JobResult, ListedJob
from seta.errors import BadInput

from .decoding import decode_record
from .lines import BadLine, numbered_lines

STANDARD_INPUT = "-"
GZIP_MAGIC = b"\x1f\x8b"


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
