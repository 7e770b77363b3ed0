"""Gather, decide, apply: from what is stored to what clients are told."""

from .analyse import analyse
from .diff import changes, diff
from .publication import publish, release, roll_back

__all__ = ["analyse", "changes", "diff", "publish", "release", "roll_back"]
