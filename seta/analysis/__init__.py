"""Which job types are worth running on every push: pure, told all that it needs."""

from .cadence import Due, LevelState, NextDue, States, due_on_push, owed
from .decide import decide
from .decision import Decision, JobVerdict
from .problem import Problem

__all__ = ["Decision", "Due", "JobVerdict", "LevelState", "NextDue", "Problem", "States",
           "decide", "due_on_push", "owed"]
