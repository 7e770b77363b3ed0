"""A project's list as a file that a client can commit: the same snapshot gives the same bytes."""

import json
from collections.abc import Callable

from ..domain import Priority, Project
from ..errors import BadInput, CannotAnswer
from ..names import TASKCLUSTER, may_be_listed
from .priorities import PriorityLists
from .schedule import reasons_to_run_everything

LOW_VALUE = (Priority.SECOND, Priority.THIRD)


def export_list(
    project: Project, build_system: str, lists: PriorityLists, *, format: str
) -> str:
    """Return the text of the file, which ends with a line break.

    ``taskcluster`` lists the labels that may be skipped, builds never among them; ``buildbot`` is
    ``{builder name: [pushes, seconds]}`` for low-value builders, which run when either limit is
    reached; ``json`` has every priority. Raises CannotAnswer with the reason when the lists may
    not be used now: a file cannot say later that everything runs.
    """
    if format not in FORMATS:
        raise BadInput(f"format is one of {', '.join(FORMATS)}, not {format!r}")
    refusals = reasons_to_run_everything(project, lists)
    if refusals:
        raise CannotAnswer("; ".join(refusals))
    value = FORMATS[format](project, build_system, lists)
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _labels(
    project: Project, build_system: str, lists: PriorityLists
) -> dict[str, object]:
    low = [name for priority in LOW_VALUE for name in _of(lists, priority)]
    return {"action": "skip", "project": project.name, "snapshot": lists.snapshot,
            "jobs": sorted(
                name for name in low if may_be_listed(name, TASKCLUSTER.name, project.name))}


def _builders(
    project: Project, build_system: str, lists: PriorityLists
) -> dict[str, object]:
    limits = {}
    for priority in LOW_VALUE:
        interval = getattr(project.cadence, priority.interval)
        for name in _of(lists, priority):
            limits[name] = interval.pushes, interval.minutes * 60
    return dict(sorted(limits.items()))


def _priorities(
    project: Project, build_system: str, lists: PriorityLists
) -> dict[str, object]:
    return {
        "project": project.name, "build_system": build_system, "snapshot": lists.snapshot,
        "priorities": {str(each.value): sorted(_of(lists, each)) for each in Priority},
    }


def _of(lists: PriorityLists, priority: Priority) -> tuple[str, ...]:
    return lists.priorities.get(priority, ())


FORMATS: dict[str, Callable[[Project, str, PriorityLists], dict[str, object]]] = {
    "taskcluster": _labels, "buildbot": _builders, "json": _priorities,
}
