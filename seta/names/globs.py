"""Whether two globs have a text in common."""

import re
from functools import lru_cache

PART = re.compile(r"\[[^\]]*\]|.")


def can_both_match(one: str, other: str) -> bool:
    """Say whether some text matches both globs; a set (``[ab]``) is taken as any character.

    >>> can_both_match("windows*-64", "*10-64"), can_both_match("windows*", "linux*")
    (True, False)
    """
    return _meet(tuple(PART.findall(one)), tuple(PART.findall(other)))


@lru_cache(maxsize=4096)
def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if not one and not other:
        return True
    if one and one[0] == "*":
        return _meet(one[1:], other) or bool(other) and _meet(one, other[1:])
    if other and other[0] == "*":
        return _meet(other, one)
    return bool(one and other) and _is_same(one[0], other[0]) and _meet(one[1:], other[1:])


def _is_same(one: str, other: str) -> bool:
    return one == other or one == "?" or other == "?" or len(one) > 1 or len(other) > 1
