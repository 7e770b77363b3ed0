"""SETA on its own consequences: what it decides is all that is observed, and decides tomorrow.

A simulated CI, whose truth is known, runs for hundreds of days. Each day is decided on what was
seen by then, each push runs what the cadence says, and what no job showed nobody knows. `world` is
that CI, `policies` are the ways to decide and to schedule, `days` runs it day by day, and `report`
says what came of it.
"""

from .days import LoopDay, loop_days, run_days, start
from .policies import POLICIES, LoopPolicy
from .report import LoopReport, report_of
from .world import World

__all__ = ["POLICIES", "LoopDay", "LoopPolicy", "LoopReport", "World", "loop_days", "report_of",
           "run_days", "start"]
