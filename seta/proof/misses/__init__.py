"""What the promise is worth in operation: regressions that pushes let in.

`look` follows an ingest and keeps the table `misses`; `story` says of one regression whether a
push let it in; `promise` compares them with what a backtest lets expect, by a `cusum`.
"""

from .look import look_for_misses

__all__ = ["look_for_misses"]
