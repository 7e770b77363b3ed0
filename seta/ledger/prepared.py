"""What the answers to many pushes have in common, made once and kept."""

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from ..domain import JobType, Priority
from .gzip_parts import Head
from .turns import Turn, running_now, spread_of

SELECTIVE = "selective"
FULL = "full"
Key = TypeVar("Key")
Value = TypeVar("Value")

MOST_KEPT = 16   # of one kind; which jobs fail changes now and then
MOST_KEPT_OF_TURNS = 64   # combinations of them: the intervals' least common multiple, usually


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
    """Names with their priorities, and the answers made of them so far.

    `spread` is the number of each name that says in which turn it runs; a name without one stands
    for itself. Only a staggered cadence asks for them.
    """

    def __init__(
        self, priority_of: Mapping[str, Priority],
        spread: Callable[[], Mapping[str, int]] = dict,
    ):
        self.priority_of = priority_of
        self._make_spread = spread
        counts = Counter(priority_of.values())
        self.counts = {priority: counts[priority] for priority in Priority}
        self._kept: dict[tuple[Set[Priority], Set[str], Set[Turn]], AnsweredNames] = {}

    @cached_property
    def full(self) -> AnsweredNames:
        return AnsweredNames(FULL, tuple(sorted(self.priority_of)))

    @cached_property
    def spread(self) -> Mapping[str, int]:
        known = self._make_spread()
        return {name: known[name] if name in known else spread_of(name)
                for name in self.priority_of}

    def selective(
        self, priorities: Set[Priority], failing: Set[str], turns: Set[Turn] = frozenset()
    ) -> AnsweredNames:
        """Return the answer that runs these priorities and turns, and whatever fails."""
        key = frozenset(priorities), frozenset(failing), frozenset(turns)
        found = self._kept.get(key)
        if found is None:
            run = {name for name, priority in self.priority_of.items()
                   if priority in priorities} | self.with_turn(turns) | failing
            found = AnsweredNames(
                SELECTIVE, tuple(sorted(run)), tuple(sorted(self.priority_of.keys() - run)))
            keep(self._kept, key, found, most=MOST_KEPT_OF_TURNS if turns else MOST_KEPT)
        return found

    def with_turn(self, turns: Set[Turn]) -> set[str]:
        """Return the names that run in one of these turns."""
        if not turns:
            return set()
        running = running_now(turns)
        none = 1, frozenset[int]()
        found = set()
        for name, priority in self.priority_of.items():
            of, numbers = running.get(priority, none)
            if numbers and self.spread[name] % of in numbers:
                found.add(name)
        return found


class KeptNames:
    """The prepared names of one project and build system, for as long as a snapshot is served."""

    def __init__(
        self, job_types: Callable[[], Iterable[tuple[str, JobType]]] = tuple
    ) -> None:
        """`job_types` returns what each name means; called where a cadence is staggered."""
        self._job_types = job_types
        self._published: tuple[Mapping[Priority, Sequence[str]], PreparedNames] | None = None
        self._overridden: dict[Hashable, PreparedNames] = {}
        self._spread: Mapping[str, int] | None = None

    def published(self, priorities: Mapping[Priority, Sequence[str]]) -> PreparedNames:
        """Return those of the snapshot, which has these names."""
        found = self._published
        if found is None or found[0] != priorities:
            found = self._published = priorities, PreparedNames({
                name: priority for priority, names in priorities.items() for name in names},
                self.spread)
        return found[1]

    def spread(self) -> Mapping[str, int]:
        """Return the number of each name whose job type is known."""
        if self._spread is None:
            self._spread = {name: spread_of(job_type) for name, job_type in self._job_types()}
        return self._spread

    def overridden(
        self, key: Hashable, make: Callable[[], Mapping[str, Priority]]
    ) -> PreparedNames:
        """Return those of the snapshot as people changed them; the key says all that they are of.

        `make` is called where they are not kept.
        """
        found = self._overridden.get(key)
        if found is None:
            found = PreparedNames(make(), self.spread)
            keep(self._overridden, key, found)
        return found


def keep(kept: dict[Key, Value], key: Key, value: Value, *, most: int = MOST_KEPT) -> None:
    """Keep a value, and no more than the newest few; other threads may read meanwhile."""
    while len(kept) >= most:
        kept.pop(next(iter(kept)), None)
    kept[key] = value


def to_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
