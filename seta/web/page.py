"""What a page shows, gathered from what is published."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from sqlalchemy.orm import Session

from ..domain import Alarm, Snapshot
from ..publish.serving import Published
from ..store.curation.projects import project_named, scope_named
from ..store.operation.alarms import open_alarms
from ..store.snapshots import ProjectFacts, priorities_of, published_lists, snapshot_with_id
from .grid import Grid, Square, lay_out


@dataclass(frozen=True)
class ProjectView:
    """One project: what is published for it, why, and how fresh that is."""

    name: str
    scope: str
    title: str
    description: str
    build_systems: tuple[str, ...]
    refusals: tuple[str, ...]
    source: str
    freshness: str
    snapshot: Snapshot | None
    grids: tuple[tuple[str, Grid], ...]    # by build system

    @property
    def total(self) -> int:
        return sum(grid.total for _, grid in self.grids)

    def count(self, priority: int) -> int:
        return sum(grid.count(priority) for _, grid in self.grids)

    def job_url(self, square: Square, build_system: str) -> str:
        """Return where the certificate of a job is; its name holds what a path cannot."""
        query = urlencode({"name": square.name, "build_system": build_system})
        return f"/api/v1/projects/{quote(self.name)}/job?{query}"


@dataclass(frozen=True)
class Page:
    projects: tuple[str, ...]
    alarms: tuple[Alarm, ...]
    project: ProjectView | None = None


def make_page(
    session: Session, published: Published, project: str | None, *,
    clock: Callable[[], datetime],
) -> Page:
    """Gather the page of a project, the first one where none is named; raises UnknownProject."""
    known = tuple(published.projects())
    alarms = tuple(open_alarms(session))
    if project is None and not known:
        return Page(known, alarms)
    facts = published.project(project or known[0])
    refusals = tuple(str(refusal) for refusal in published.refusals(facts.project))
    return Page(known, alarms, _view(session, facts, refusals, now=clock()))


def _view(
    session: Session, facts: ProjectFacts, refusals: tuple[str, ...], *, now: datetime
) -> ProjectView:
    scope = scope_named(session, facts.scope)
    return ProjectView(
        name=facts.project, scope=scope.name, title=scope.title, description=scope.description,
        build_systems=facts.build_systems, refusals=refusals,
        source=project_named(session, facts.project).source or "a live source",
        freshness=_freshness(facts, now),
        snapshot=_snapshot(session, facts), grids=tuple(_grids(session, facts)))


def _snapshot(session: Session, facts: ProjectFacts) -> Snapshot | None:
    if facts.snapshot_id is None:
        return None
    return snapshot_with_id(session, facts.snapshot_id, with_priorities=False)


def _grids(session: Session, facts: ProjectFacts):
    if facts.snapshot_id is None:
        return
    lists = published_lists(session, facts.snapshot_id)
    priorities = priorities_of(session, facts.snapshot_id)
    for (project, build_system), found in sorted(lists.names.items()):
        if project == facts.project:
            named = [(name, lists.job_types[type_id]) for names, type_ids in found.values()
                     for name, type_id in zip(names, type_ids, strict=True)]
            yield build_system, lay_out(named, priorities)


def _freshness(facts: ProjectFacts, now: datetime) -> str:
    if facts.is_archived:
        return "archived, never stale"
    if facts.succeeded_at is None:
        return "nothing taken in yet"
    return f"taken in {_ago(now - facts.succeeded_at)} ago"


def _ago(age: timedelta) -> str:
    """
    >>> _ago(timedelta(hours=49))
    '2 days'
    """
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(age.total_seconds() // size)
        if count:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"
