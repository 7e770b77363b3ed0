"""What the answers to many pushes have in common, made once and kept."""

import json
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from ..domain import Priority
from .gzip_parts import Head

SELECTIVE = "selective"
FULL = "full"
Key = TypeVar("Key")
Value = TypeVar("Value")

MOST_KEPT = 16   # of one kind; which jobs fail changes now and then


@dataclass(frozen=True)
class AnsweredNames:
    """Which names an answer runs and leaves out, both sorted."""

    kind: str
    run: tuple[str, ...]
    skip: tuple[str, ...] = ()

    @cached_property
    def head(self) -> Head:
        """The beginning of the answer's JSON, up to the comma after them."""
        return Head.of(to_json(
            {"action": "run", "kind": self.kind, "run": self.run, "skip": self.skip}
        ).removesuffix(b"}") + b",")


class PreparedNames:
    """Names with their priorities, and the answers made of them so far."""

    def __init__(self, priority_of: Mapping[str, Priority]):
        self.priority_of = priority_of
        counts = Counter(priority_of.values())
        self.counts = {priority: counts[priority] for priority in Priority}
        self._kept: dict[tuple[Set[Priority], Set[str]], AnsweredNames] = {}

    @cached_property
    def full(self) -> AnsweredNames:
        return AnsweredNames(FULL, tuple(sorted(self.priority_of)))

    def selective(self, priorities: Set[Priority], failing: Set[str]) -> AnsweredNames:
        """Return the answer that runs these priorities and what fails, whatever its priority."""
        key = frozenset(priorities), frozenset(failing)
        found = self._kept.get(key)
        if found is None:
            run = {name for name, priority in self.priority_of.items()
                   if priority in priorities} | failing
            found = AnsweredNames(
                SELECTIVE, tuple(sorted(run)), tuple(sorted(self.priority_of.keys() - run)))
            keep(self._kept, key, found)
        return found


class KeptNames:
    """The prepared names of one project and build system, for as long as a snapshot is served."""

    def __init__(self) -> None:
        self._published: tuple[Mapping[Priority, Sequence[str]], PreparedNames] | None = None
        self._overridden: dict[Hashable, PreparedNames] = {}

    def published(self, priorities: Mapping[Priority, Sequence[str]]) -> PreparedNames:
        """Return those of the snapshot, which has these names."""
        found = self._published
        if found is None or found[0] != priorities:
            found = self._published = priorities, PreparedNames({
                name: priority for priority, names in priorities.items() for name in names})
        return found[1]

    def overridden(
        self, key: Hashable, make: Callable[[], Mapping[str, Priority]]
    ) -> PreparedNames:
        """Return those of the snapshot as people changed them; the key says all that they are of.

        `make` is called where they are not kept.
        """
        found = self._overridden.get(key)
        if found is None:
            found = PreparedNames(make())
            keep(self._overridden, key, found)
        return found


def keep(kept: dict[Key, Value], key: Key, value: Value) -> None:
    """Keep a value, and no more than the newest few; other threads may read meanwhile."""
    while len(kept) >= MOST_KEPT:
        kept.pop(next(iter(kept)), None)
    kept[key] = value


def to_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
