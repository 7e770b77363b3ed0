"""What was known of a scope at each of many moments: read once, then asked without the database.

`evidence` answers what a decision at a moment would have been made on, as `publish.gather` does.
Its parts: `rollup` has what jobs did day by day, `lists` what was listed, `stars` what sheriffs had
classified. `reading` fills it from the database, `recorder` run by run, and `simulated` from a
simulated CI.
"""

from .evidence import Evidence
from .reading import read_evidence
from .recorder import Recorder
from .simulated import SimulationRecorder

__all__ = ["Evidence", "Recorder", "SimulationRecorder", "read_evidence"]
