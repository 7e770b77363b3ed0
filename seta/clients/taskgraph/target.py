"""The tasks of one decision, which taskgraph shows to its verifications before it optimizes.

A strategy is asked about one task after the other, and cannot take back what it said. So an answer
that would remove all of them has to be seen to do so before the first.
"""

from typing import Any

from taskgraph.optimize.base import CompositeStrategy, registry
from taskgraph.util.verify import verifications

from .strategies import Seta, is_build


class Target:
    """The target task graph, as it was when taskgraph verified it; empty where it did not."""

    def __init__(self) -> None:
        self.labels: frozenset[str] = frozenset()
        self.removable: frozenset[str] = frozenset()  # the tasks that have the strategy `seta`

    def watch(self) -> None:
        """Have taskgraph show us each target task graph of this process."""
        verifications.add("target_task_graph")(self.see)

    def see(
        self, task: Any, taskgraph: Any, scratch_pad: Any, graph_config: Any, parameters: Any,
    ) -> None:
        """Called for each task, and once more without one when all were shown."""
        if task is not None:
            return
        self.labels = frozenset(taskgraph.tasks)
        self.removable = frozenset(
            label for label, each in taskgraph.tasks.items() if not is_build(each)
            and any(asks_seta(registry.get(name)) for name in each.optimization or ()))


def asks_seta(strategy: Any) -> bool:
    """Return whether this strategy is `seta`, or one that combines it with others."""
    if isinstance(strategy, CompositeStrategy):
        return any(map(asks_seta, strategy.substrategies))
    return isinstance(strategy, Seta)
