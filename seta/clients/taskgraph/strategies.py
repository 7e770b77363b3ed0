"""The two strategies. Both leave builds alone, and labels that SETA does not know."""

from collections.abc import Mapping
from typing import Any

from taskgraph.optimize.base import OptimizationStrategy

from .decision import PushDecision


class Seta(OptimizationStrategy):
    """Remove the tasks that SETA says to skip on this push."""

    def __init__(self, decision: PushDecision):
        self._decision = decision

    def should_remove_task(self, task: Any, params: Mapping[str, Any], arg: object) -> bool:
        report = self._decision.report(params)
        if is_build(task) or not report.schedule.skips(task.label):
            return False
        report.add_removed(task.label, "seta", "low value, and not due on this push")
        return True


class SetaBackstop(OptimizationStrategy):
    """Remove tasks from every push but those on which everything runs.

    A full schedule names no task, nor does the one that stands in for a missing answer, so
    nothing is removed by it.

    A project can combine it with ``seta`` by ``taskgraph.optimize.base.Any`` or ``All``.
    """

    def __init__(self, decision: PushDecision):
        self._decision = decision

    def should_remove_task(self, task: Any, params: Mapping[str, Any], arg: object) -> bool:
        report = self._decision.report(params)
        if is_build(task) or not report.schedule.knows(task.label):
            return False
        report.add_removed(task.label, "seta-backstop", "runs on full pushes, and this is not one")
        return True


def is_build(task: Any) -> bool:
    """Return whether the task is a build, by its kind or its label.

    >>> from types import SimpleNamespace as Task
    >>> [is_build(Task(kind=kind, label=label)) for kind, label in [
    ...     ("build", "build-linux64/opt"), ("instrumented-build", "x"), ("test", "test-build")]]
    [True, True, False]
    """
    kind = task.kind or ""
    return ("build" in kind.split("-")) or task.label.startswith("build-")
