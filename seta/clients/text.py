"""Texts that a server sent, made fit for one line of a log."""

from collections.abc import Sequence

MAX_TEXT = 300     # letters of one text
MAX_REASONS = 10


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """Return the text on one line, without what a terminal would obey, and not too long.

    Line breaks become spaces, so that no server can forge a line of a log.

    >>> clean("late\\n12:00 ERROR \\x1b[31mforged\\u202e")
    'late 12:00 ERROR [31mforged'
    >>> clean("x" * 500, limit=5)
    'xxxxx...'
    """
    line = " ".join(text[:10 * limit].split())
    line = "".join(letter for letter in line if letter.isprintable())
    is_whole = len(line) <= limit and len(text) <= 10 * limit
    return line if is_whole else line[:limit] + "..."


def clean_reasons(reasons: Sequence[str]) -> tuple[str, ...]:
    """Return the reasons, cleaned; if there are too many, the first ones and how many more.

    >>> clean_reasons([f"reason {number}" for number in range(12)])[-2:]
    ('reason 9', 'and 2 more')
    """
    shown = tuple(clean(reason) for reason in reasons[:MAX_REASONS])
    left = len(reasons) - len(shown)
    return (*shown, f"and {left} more") if left else shown
