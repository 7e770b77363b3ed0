"""What a client of the old wire asks for."""

from dataclasses import dataclass
from enum import StrEnum

from ...domain import Priority

LOW_VALUE = frozenset({Priority.LOW, Priority.LOWEST})
HIGH_VALUE = frozenset({Priority.HIGH})
ALL = frozenset(Priority)


class Kind(StrEnum):
    """What the entries of the list are; the names of any other CI are asked for by its word."""

    TASKCLUSTER = "taskcluster"  # task labels
    BUILDBOT = "buildbot"        # builder names
    ANY = "*"                    # the union of both, and of every other CI
    TRIPLES = "triples"          # [platform, build type, suite and chunk]


@dataclass(frozen=True, slots=True)
class Question:
    """One list of the old wire; `project` None is all of the default scope."""

    project: str | None
    kind: str
    levels: frozenset[Priority]
