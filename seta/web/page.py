"""What a page shows, gathered from what is published."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from sqlalchemy.orm import Session

from ..domain import Alarm, Prices, Snapshot
from ..domain.plurals import pluralize
from ..proof.costs import amount_text
from ..proof.savings import Savings, savings_of
from ..publish.serving import Published
from ..store.curation.projects import scope_named
from ..store.ledger.misses import SHOWN_FOR, count_misses
from ..store.operation.alarms import open_alarms
from ..store.snapshots import ProjectFacts, priorities_of, snapshot_with_id
from .grid import Grid, Square, lay_out


@dataclass(frozen=True)
class ProjectView:
    """One project: what is published for it, why, and how fresh it is."""

    name: str
    scope: str
    title: str
    description: str
    build_systems: tuple[str, ...]
    refusals: tuple[str, ...]
    source: str
    freshness: str
    snapshot: Snapshot | None
    grids: dict[str, Grid]    # by build system
    savings: Savings | None   # None: no snapshot
    misses: int | None        # found in 30 days; None: of an archive nobody asks

    def amount(self, cost: float) -> str:
        """Return machine time in hours, or jobs where no duration is known."""
        return amount_text(cost, self.snapshot.unit if self.snapshot else "jobs")

    def money(self, figure: str) -> str:
        """Return a figure of the savings in money, or nothing where it has none."""
        savings = self.savings
        if savings is None or savings.money is None or savings.prices is None:
            return ""
        found = getattr(savings.money, figure)
        return "" if found is None else savings.prices.text(found)

    @property
    def total(self) -> int:
        return sum(grid.total for grid in self.grids.values())

    def count(self, priority: int) -> int:
        return sum(grid.count(priority) for grid in self.grids.values())

    def job_url(self, square: Square, build_system: str) -> str:
        """Return the URL of a job's certificate. The name is in the query: it may hold slashes."""
        query = urlencode({"name": square.name, "build_system": build_system})
        return f"/api/v1/projects/{quote(self.name)}/job?{query}"


@dataclass(frozen=True)
class OverviewPage:
    projects: tuple[str, ...]
    alarms: tuple[Alarm, ...]
    project: ProjectView | None = None


def make_page(
    session: Session, published: Published, project: str | None, *,
    clock: Callable[[], datetime], prices: Prices | None,
) -> OverviewPage:
    """Gather the page of a project, by default the first one; raises UnknownProject."""
    known = tuple(published.projects())
    alarms = tuple(open_alarms(session))
    if project is None and not known:
        return OverviewPage(known, alarms)
    facts = published.project(project or known[0])
    return OverviewPage(known, alarms, _view(session, published, facts, now=clock(), prices=prices))


def _view(
    session: Session, published: Published, facts: ProjectFacts, *, now: datetime,
    prices: Prices | None,
) -> ProjectView:
    scope = scope_named(session, facts.scope)
    snapshot, grids, savings = None, {}, None
    if facts.snapshot_id is not None:
        snapshot = snapshot_with_id(session, facts.snapshot_id, with_priorities=False)
        decided = priorities_of(session, facts.snapshot_id)
        grids = {build_system: lay_out(jobs, decided)
                 for build_system, jobs in published.listed_jobs(facts).items()}
        savings = next(iter(savings_of(
            session, snapshot, project=facts.project, prices=prices)), None)
    return ProjectView(
        name=facts.project, scope=scope.name, title=scope.title, description=scope.description,
        build_systems=facts.build_systems,
        refusals=tuple(str(refusal) for refusal in published.refusals(facts.project)),
        source=facts.source,
        freshness=_freshness(facts, now), snapshot=snapshot, grids=grids,
        savings=savings,
        misses=None if facts.is_archived else count_misses(session, since=now - SHOWN_FOR).get(
            facts.project, 0))


def _freshness(facts: ProjectFacts, now: datetime) -> str:
    if facts.is_archived:
        return "archived, never stale"
    if facts.succeeded_at is None:
        return "no results yet"
    return f"updated {_ago(now - facts.succeeded_at)} ago"


def _ago(age: timedelta) -> str:
    """
    >>> _ago(timedelta(hours=49))
    '2 days'
    """
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(age.total_seconds() // size)
        if count:
            return pluralize(count, unit)
    return "less than a minute"
