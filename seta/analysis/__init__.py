"""Which job types are worth running on every push: pure, told all that it needs."""

from .decide import Decision, decide
from .explain import JobVerdict
from .problem import Problem

__all__ = ["Decision", "JobVerdict", "Problem", "decide"]
