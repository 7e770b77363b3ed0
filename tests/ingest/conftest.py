"""A project to ingest, and a source to ingest from."""

from datetime import timedelta

import pytest
from ingest_world import NOON, LENGTHS, add_projects, job, star
from ingest_world.sources import MemorySource

from seta.ingest import ingest_project


@pytest.fixture
def source():
    """Two jobs an hour for the last three days, some of them starred."""
    source = MemorySource()
    for hour in range(72):
        pushed_at = NOON - timedelta(hours=hour, minutes=30)
        fields = {"pushed_at": pushed_at, "started_at": pushed_at, "revision": f"{hour:040x}"}
        source.hold(job(2 * hour, **fields))
        if hour % 5 == 0:
            source.hold(star(2 * hour + 1, at=pushed_at + timedelta(hours=1), **fields))
        else:
            source.hold(job(2 * hour + 1, name="test-linux64/opt-mochitest-2", **fields))
    return source


@pytest.fixture
def autoland(sessions):
    with sessions.begin() as session:
        add_projects(session, "autoland", "mozilla-inbound")
    return sessions


@pytest.fixture
def ingest(autoland, source):
    """Run an ingest of autoland this many hours after noon."""
    def run(hours=0, **fields):
        return ingest_project(
            autoland, source, "autoland",
            **{"now": NOON + timedelta(hours=hours), "lengths": LENGTHS} | fields)
    return run
