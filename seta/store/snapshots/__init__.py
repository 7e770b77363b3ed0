"""Snapshots: what was decided, and what is published."""

from .publication import (
    PublicationState, clear_hold, last_published_before, lock_publication,
    publication_state, publications, published_at, release_publication, set_published,
    stop_publication,
)
from .read import priorities_of, priority_of, snapshot_with_id, snapshots_of
from .serving import ProjectFacts, PublishedLists, project_facts, published_lists
from .write import NameList, add_snapshot

__all__ = [
    "NameList", "ProjectFacts", "PublicationState", "PublishedLists", "add_snapshot",
    "clear_hold", "last_published_before", "lock_publication", "priorities_of", "priority_of",
    "project_facts", "publication_state", "publications", "published_at", "published_lists",
    "release_publication", "set_published", "snapshot_with_id", "snapshots_of",
    "stop_publication",
]
