"""Which job types are worth running on every push: pure, told all that it needs."""

from .decide import decide
from .decision import Decision, JobVerdict
from .problem import Problem

__all__ = ["Decision", "JobVerdict", "Problem", "decide"]
