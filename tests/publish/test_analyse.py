"""From evidence to a published snapshot."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from seta.errors import NothingToAnalyse, UnknownScope
from seta.publish import analyse
from seta.store import operation, snapshots

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
A, B, C = (f"test-linux64/opt-mochitest-{number}" for number in (1, 2, 3))


def test_a_first_snapshot_is_stored_and_published(trunk, sessions, settings):
    trunk.caught("a" * 12, A, B).caught("b" * 12, B).passed(A, B, C).ingested().recount()

    snapshot = analyse(sessions, "trunk", now=NOW, settings=settings)

    assert {str(p.job_type): (int(p.priority), p.reason) for p in snapshot.priorities} == {
        "linux64/opt-mochitest-1": (2, "covered"),
        "linux64/opt-mochitest-2": (1, "chosen"),
        "linux64/opt-mochitest-3": (3, "caught nothing"),
    }
    with sessions() as session:
        assert snapshots.snapshot_with_id(session, snapshot.id) == snapshot
        assert snapshots.publication_state(session, "trunk").snapshot_id == snapshot.id
