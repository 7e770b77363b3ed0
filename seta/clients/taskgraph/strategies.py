"""The two strategies. Both leave builds alone, and labels that SETA does not know."""

from collections.abc import Mapping

from taskgraph.optimize.base import OptimizationStrategy

from .decision import Decision


class Seta(OptimizationStrategy):
    """Remove the tasks that SETA says to skip on this push."""

    def __init__(self, decision: Decision):
        self._decision = decision

    def should_remove_task(self, task, params: Mapping, arg) -> bool:
        report = self._decision.report(params)
        if is_build(task) or not report.schedule.skips(task.label):
            return False
        report.removed(task.label, "seta", "low value, and not due on this push")
        return True


class SetaBackstop(OptimizationStrategy):
    """Remove tasks from every push but those on which everything runs.

    A full schedule, and one that SETA did not give, names none, so nothing is removed by it.

    Together with ``seta`` in ``taskgraph.optimize.base.Any`` or ``All`` it makes the strategies
    of a project of its own.
    """

    def __init__(self, decision: Decision):
        self._decision = decision

    def should_remove_task(self, task, params: Mapping, arg) -> bool:
        report = self._decision.report(params)
        if is_build(task) or not report.schedule.knows(task.label):
            return False
        report.removed(task.label, "seta-backstop", "runs on full pushes, and this is none")
        return True


def is_build(task) -> bool:
    """Say whether the task makes the program, by its kind or its label.

    >>> from types import SimpleNamespace as Task
    >>> [is_build(Task(kind=kind, label=label)) for kind, label in [
    ...     ("build", "build-linux64/opt"), ("instrumented-build", "x"), ("test", "test-build")]]
    [True, True, False]
    """
    kind = task.kind or ""
    return ("build" in kind.split("-")) or task.label.startswith("build-")
