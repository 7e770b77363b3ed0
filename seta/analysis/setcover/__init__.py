"""A solver for minimum-cost set multicover. It knows nothing about CI."""

from .budget import Budget, Progress, no_progress
from .model import CoverProblem, Row
from .solve import Answer, solve

__all__ = ["Answer", "Budget", "CoverProblem", "Progress", "Row", "no_progress", "solve"]
