"""What is published, as one web process knows it at a moment."""

from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from ...store.snapshots import ProjectFacts, PublishedLists, project_facts, published_lists
from .prepared import Prepared


@dataclass(frozen=True)
class ServedSnapshot:
    """The lists of one snapshot, with the bytes that were made of them so far."""

    lists: PublishedLists
    prepared: dict[tuple, Prepared] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    projects: dict[str, ProjectFacts]
    snapshots: dict[int, ServedSnapshot]


def load_state(sessions: sessionmaker[Session], before: State | None) -> State:
    """Read what is published now; the lists of a snapshot that is served already stay."""
    with sessions() as session:
        session.execute(text("SET LOCAL statement_timeout = '10s'"))
        projects = project_facts(session)
        known = before.snapshots if before else {}
        snapshots = {}
        for each in projects.values():
            wanted = each.snapshot_id
            if wanted is not None and wanted not in snapshots:
                snapshots[wanted] = (
                    known.get(wanted) or ServedSnapshot(published_lists(session, wanted)))
        return State(projects, snapshots)
