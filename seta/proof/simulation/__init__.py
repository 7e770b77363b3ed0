"""A made-up CI whose truth is known: what broke, which jobs show it, which failures are chance.

Every number is drawn from one seed. What a job does on a push does not depend on which other jobs
run there, so that two policies can be compared on the same CI.
"""

from .history import Failure, Ran, Simulation
from .pushes import SimulatedPush
from .shape import Shape

__all__ = ["Failure", "Ran", "Shape", "SimulatedPush", "Simulation"]
