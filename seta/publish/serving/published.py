"""What one web process serves, and why it does not serve a list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session, sessionmaker

from ...config import Settings
from ...domain import DEFAULT_SCOPE, JobType, Priority
from ...errors import CannotAnswer, NoSnapshot, UnknownProject
from ...store.snapshots import ProjectFacts
from .edition import Edition
from .lists import (
    HIGH_VALUE, LOW_VALUE, ListKind, ListQuery, PreparedList, Triple, triples_of,
)
from .refusals import fresh_until, refusals_of
from .state import LOAD_TIMEOUT, RELOAD_SECONDS, ServedSnapshot, State, Watch, load_state


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class UsableList:
    """A list that may be used now, and whether any name in it is of low value."""

    prepared_list: PreparedList
    snapshot_id: int | None  # None: of several
    has_low_value: bool


class Published:
    """What one web process serves. It notices a change within five seconds.

    While the database does not answer, it serves the last known lists, until they are stale.
    Every method raises StoreError when nothing has been loaded yet.
    """

    def __init__(
        self, sessions: sessionmaker[Session], settings: Settings,
        clock: Callable[[], datetime] = utc_now, *, every: float = RELOAD_SECONDS,
        patience: float = LOAD_TIMEOUT,
    ):
        self._settings = settings
        self._clock = clock
        self._watch: Watch[State] = Watch(
            lambda before: load_state(sessions, before), every=every, patience=patience)
        self._edition: Edition | None = None

    def projects(self) -> dict[str, ProjectFacts]:
        return self._watch.value().projects

    def project(self, project: str) -> ProjectFacts:
        """Return what is published for a project; raises UnknownProject."""
        return _known(self._watch.value(), project)

    def refusals(self, project: str) -> tuple[CannotAnswer, ...]:
        """Return why everything runs on a project now; nothing if its lists may be used."""
        return self._refusals(self.project(project))

    def fresh_until(self, facts: ProjectFacts) -> datetime | None:
        """Return the time after which `refusals` calls the lists stale; None: never."""
        return fresh_until(facts, settings=self._settings)

    def names_at(self, project: str, build_system: str) -> dict[Priority, tuple[str, ...]]:
        """Return the names alive on a project, by priority; empty without a snapshot.

        Builds are among them. `refusals` says whether they may be used.
        """
        state = self._watch.value()
        facts = _known(state, project)
        if facts.snapshot_id is None:
            return {}
        priorities = state.snapshots[facts.snapshot_id].lists.names.get((project, build_system), {})
        return {each: priorities[each][0] for each in Priority if each in priorities}

    def listed_names(self, facts: ProjectFacts) -> dict[str, frozenset[str]] | None:
        """Return the names in a project's snapshot, by build system; None without a snapshot."""
        snapshot = self._snapshot(facts)
        if snapshot is None:
            return None
        return {build_system: frozenset(name for names, _ in priorities.values() for name in names)
                for (project, build_system), priorities in snapshot.lists.names.items()
                if project == facts.project}

    def listed_jobs(self, facts: ProjectFacts) -> dict[str, list[tuple[str, JobType]]]:
        """Return the names and job types in a project's snapshot, by build system."""
        snapshot = self._snapshot(facts)
        if snapshot is None:
            return {}
        lists = snapshot.lists
        return {build_system: [(name, lists.job_types[type_id])
                               for names, type_ids in priorities.values()
                               for name, type_id in zip(names, type_ids, strict=True)]
                for (project, build_system), priorities in sorted(lists.names.items())
                if project == facts.project}

    def edition(self) -> Edition:
        """Return the edition of this moment.

        Between two calls that return the same object, `usable_list` has answered every query
        alike, and the date has been the same.
        """
        state, now = self._watch.value(), self._clock()
        found = self._edition
        if found is None or not found.holds(state, now):
            found = self._edition = Edition.at(state, now, settings=self._settings)
        return found

    def usable_list(self, query: ListQuery) -> UsableList:
        """Return the list that answers a query on the legacy routes.

        Raises UnknownProject, or CannotAnswer with the reason why everything runs.
        """
        state = self._watch.value()
        by_snapshot = self._usable_projects(state, query)
        if len(by_snapshot) > 1:
            return UsableList(_union(state, by_snapshot, query), None, has_low_value=True)
        (snapshot_id, projects), = by_snapshot.items()
        snapshot = state.snapshots[snapshot_id]
        low_value = snapshot.prepared_list(projects, replace(query, priorities=LOW_VALUE))
        return UsableList(snapshot.prepared_list(projects, query), snapshot_id,
                          has_low_value=not low_value.is_empty)

    def _usable_projects(self, state: State, query: ListQuery) -> dict[int, tuple[str, ...]]:
        """Return the projects whose lists may be used, by their snapshots: at least one."""
        wanted = _wanted(state, query)
        refused = {each.project: self._refusals(each) for each in wanted}
        found: dict[int, tuple[str, ...]] = {}
        for each in wanted:
            if not refused[each.project]:
                assert each.snapshot_id is not None  # or the project would have been refused
                found[each.snapshot_id] = (*found.get(each.snapshot_id, ()), each.project)
        if found:
            return found
        for reasons in refused.values():
            raise reasons[0]
        raise NoSnapshot(f"the scope {DEFAULT_SCOPE} has no project, so everything runs")

    def _snapshot(self, facts: ProjectFacts) -> ServedSnapshot | None:
        if facts.snapshot_id is None:
            return None
        return self._watch.value().snapshots.get(facts.snapshot_id)

    def _refusals(self, facts: ProjectFacts) -> tuple[CannotAnswer, ...]:
        return refusals_of(facts, settings=self._settings, now=self._clock())


def _wanted(state: State, query: ListQuery) -> list[ProjectFacts]:
    """Return the project of the query; without one, those of the default scope.

    While that scope has none, as where only the demo is, a page is shown all of them. No
    scheduler is: it would skip jobs by somebody else's list.
    """
    if query.project is not None:
        return [_known(state, query.project)]
    default = [each for each in state.projects.values() if each.scope == DEFAULT_SCOPE]
    if default or query.kind != ListKind.TRIPLES:
        return default
    return list(state.projects.values())


def _union(
    state: State, by_snapshot: Mapping[int, tuple[str, ...]], query: ListQuery,
) -> PreparedList:
    """Return the triples of several scopes; what is of high value in one is not of low in all."""
    def triples(priorities: frozenset[Priority]) -> set[Triple]:
        wanted = replace(query, priorities=priorities)
        return {entry for snapshot_id, projects in by_snapshot.items()
                for entry in triples_of(state.snapshots[snapshot_id].lists, projects, wanted)}

    found = triples(query.priorities)
    if not query.priorities & HIGH_VALUE:
        found -= triples(HIGH_VALUE)
    return PreparedList(sorted(found))


def _known(state: State, project: str) -> ProjectFacts:
    if project not in state.projects:
        raise UnknownProject(f"SETA does not cover the project {ascii(project[:80])}")
    return state.projects[project]
