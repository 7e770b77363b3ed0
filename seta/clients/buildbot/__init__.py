"""Buildbot asks SETA: a scheduler, what holds builds back, and a reporter of finished builds.

``master.cfg`` imports them from here; how-to-buildbot.md in the documentation shows it whole.
Made for Buildbot 4.3.
"""

from .held_requests import hold_back
from .reporter import SetaReporter
from .scheduler import SetaScheduler

__all__ = ["SetaReporter", "SetaScheduler", "hold_back"]
