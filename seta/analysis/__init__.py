"""Decides which job types run on every push. Pure: no clock, no database, no network."""

from .decide import Decision, decide
from .explain import JobVerdict
from .problem import Problem

__all__ = ["Decision", "JobVerdict", "Problem", "decide"]
