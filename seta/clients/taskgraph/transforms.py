"""A late transform that gives each task of a kind the strategy ``seta``.

taskgraph before 19.2 refuses the names of a project's own strategies in ``kind.yml``. This
comes after ``taskgraph.transforms.task:transforms`` in the list there, where nothing is checked
any more, so it serves every version. A task that has an optimization keeps it.
"""

from taskgraph.transforms.base import TransformSequence

transforms = TransformSequence()


@transforms.add
def optimize_by_seta(config, tasks):
    for task in tasks:
        if not task.get("optimization"):
            task["optimization"] = {"seta": None}
        yield task
