"""Late transforms that give each task of a kind the strategy ``seta``, or ``seta-backstop``.

taskgraph before 19.2 refuses the names of a project's own strategies in ``kind.yml``. These
come after ``taskgraph.transforms.task:transforms`` in the list there, where nothing is checked
any more, so they work with every version. A task that has an optimization keeps it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from taskgraph.transforms.base import TransformSequence

Task = dict[str, Any]

transforms = TransformSequence()
backstop = TransformSequence()


@transforms.add
def optimize_by_seta(config: Any, tasks: Iterable[Task]) -> Iterator[Task]:
    return with_strategy("seta", tasks)


@backstop.add
def run_on_full_pushes(config: Any, tasks: Iterable[Task]) -> Iterator[Task]:
    return with_strategy("seta-backstop", tasks)


def with_strategy(name: str, tasks: Iterable[Task]) -> Iterator[Task]:
    for task in tasks:
        if not task.get("optimization"):
            task["optimization"] = {name: None}
        yield task
