"""A project to ingest, and a source to ingest from."""

from datetime import timedelta

import pytest
from ingest_world import NOON, LENGTHS, add_projects
from ingest_world.sources import three_days

from seta.ingest import ingest_project


@pytest.fixture
def source():
    return three_days()


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
