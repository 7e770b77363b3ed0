"""Find job names that a person means."""

from collections.abc import Collection
from difflib import get_close_matches
from fnmatch import fnmatchcase


def names_matching(names: Collection[str], wanted: str) -> list[str]:
    """Return this name if it is one of them, or else those that it matches as a glob, sorted.

    >>> names_matching(["test-a", "test-b", "build"], "test-*")
    ['test-a', 'test-b']
    """
    if wanted in names:
        return [wanted]
    return sorted(name for name in names if fnmatchcase(name, wanted))


def no_match(names: Collection[str], wanted: str) -> str:
    """Say that there is no such name, and which are like it.

    >>> no_match(["test-linux64/opt-mochitest-1"], "test-linux64/opt-mochitests-1").split("; ")[1]
    'nearest: test-linux64/opt-mochitest-1'
    """
    nearest = get_close_matches(wanted, sorted(set(names)), n=3)
    return (f"no name is or matches {wanted!r}: * stands for any text, [x] for one of the "
            "letters in it, [[] for a bracket" + ("; nearest: " if nearest else "")
            + ", ".join(nearest))
