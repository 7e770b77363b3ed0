"""A solver for minimum-cost set multicover. It knows nothing of CI."""

from .highs import Effort, Progress, tell_nobody
from .model import Program, Row
from .solve import Answer, solve

__all__ = ["Answer", "Effort", "Program", "Progress", "Row", "solve", "tell_nobody"]
