"""Rows into a table by COPY, in the session's own transaction."""

import re
from collections.abc import Iterable
from io import StringIO

from sqlalchemy.orm import Session

NULL = r"\N"
SPECIAL = re.compile(r"[\\\t\n\r]")
BLOCK = 1 << 20


def escaped(value: str) -> str:
    r"""Return a word as COPY's text format has it.

    >>> escaped("a\tb"), escaped("plain")
    ('a\\tb', 'plain')
    """
    if SPECIAL.search(value) is None:
        return value
    for plain, spelled in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        value = value.replace(plain, spelled)
    return value


def copy_lines(session: Session, table: str, columns: str, lines: Iterable[str]) -> None:
    """Copy lines of tab-separated, escaped cells, each with its newline.

    The database reads them while other threads of Python go on.
    """
    session.flush()
    cursor = session.connection().connection.cursor()
    try:
        cursor.copy_expert(
            f"COPY {table} ({columns}) FROM STDIN", StringIO("".join(lines)), BLOCK)
    finally:
        cursor.close()
