"""Gather, decide, apply: from the evidence in the store to the lists that clients get."""

from .analyze import analyze
from .diff import changes, diff
from .given_up import newly_given_up
from .publication import publish, release, roll_back
from .times import watch_clock

__all__ = [
    "analyze", "changes", "diff", "newly_given_up", "publish", "release", "roll_back",
    "watch_clock",
]
