"""Gather, decide, apply: from the evidence in the store to the lists that clients get."""

from .analyze import analyze
from .diff import changes, diff
from .publication import publish, release, roll_back

__all__ = ["analyze", "changes", "diff", "publish", "release", "roll_back"]
