"""A project's list as a file that a client can commit: the same snapshot gives the same bytes."""

import json
from collections.abc import Callable

from ..domain import Interval, Priority, Project
from ..errors import BadInput, CannotAnswer
from ..names import TASKCLUSTER, may_be_listed
from .priorities import PriorityLists
from .schedule import reasons_to_run_everything

# What one scheduler of old reads: how often a builder runs, in pushes or in seconds.
Held = dict[str, tuple[int, int]]


def export_list(
    project: Project, build_system: str, published: PriorityLists, *, format: str
) -> str:
    """Return the text of the file, which ends with a line break.

    ``taskcluster`` lists the labels that may be skipped, builds never among them; ``buildbot`` is
    ``{builder name: [every so many pushes, or after so many seconds]}`` for what is held back;
    ``json`` has every priority. Raises CannotAnswer with the reason when the lists are not good
    now: a file cannot say later that everything runs.
    """
    if format not in FORMATS:
        raise BadInput(f"format is one of {', '.join(FORMATS)}, not {format!r}")
    refusals = reasons_to_run_everything(project, published)
    if refusals:
        raise CannotAnswer("; ".join(refusals))
    value = FORMATS[format](project, build_system, published)
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _labels(project: Project, build_system: str, published: PriorityLists) -> dict:
    low = [*_at(published, Priority.SECOND), *_at(published, Priority.THIRD)]
    return {"action": "skip", "project": project.name, "snapshot": published.snapshot,
            "jobs": sorted(
                name for name in low if may_be_listed(name, TASKCLUSTER.word, project.name))}


def _builders(project: Project, build_system: str, published: PriorityLists) -> Held:
    held = {name: _every(getattr(project.cadence, priority.interval))
            for priority in (Priority.SECOND, Priority.THIRD)
            for name in _at(published, priority)}
    return dict(sorted(held.items()))


def _everything(project: Project, build_system: str, published: PriorityLists) -> dict:
    return {
        "project": project.name, "build_system": build_system, "snapshot": published.snapshot,
        "priorities": {str(each.value): sorted(_at(published, each)) for each in Priority},
    }


def _at(published: PriorityLists, priority: Priority) -> tuple[str, ...]:
    return published.priorities.get(priority, ())


def _every(interval: Interval) -> tuple[int, int]:
    return interval.pushes, interval.minutes * 60


FORMATS: dict[str, Callable] = {
    "taskcluster": _labels, "buildbot": _builders, "json": _everything,
}
