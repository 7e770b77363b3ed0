"""What past decisions would have caught: decided on what was known then, scored on what came later.

`history` is what came to light in the end; `run` decides again at past moments, by `policies`;
`scoring` says what each policy catches, when, and at what cost; `intervals` says how sure that is;
`trials` does both at one cut-off, and `report` puts these together.
"""

from .report import Backtest
from .run import backtest

__all__ = ["Backtest", "backtest"]
