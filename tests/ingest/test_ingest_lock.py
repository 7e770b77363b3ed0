"""One ingest of a project from a source at a time."""

from threading import Thread

import pytest
from ingest_world import NOON, add_projects
from ingest_world.programs import LENGTHS, history

from seta.ingest import ingest_project
from seta.ingest.ingest_lock import ingest_lock
from seta.store.engine import make_engine, make_sessions

pytestmark = pytest.mark.slow


@pytest.fixture
def sessions_of_two(emptied):
    engine = make_engine(emptied)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        add_projects(session)
    yield sessions
    engine.dispose()


@pytest.fixture
def in_the_background(sessions_of_two):
    """Start an ingest of autoland that may have to wait; return its thread and its source."""
    def start():
        source = history()
        thread = Thread(target=ingest_project, args=(sessions_of_two, source, "autoland"),
                        kwargs={"now": NOON, "lengths": LENGTHS})
        thread.start()
        thread.join(.5)  # it would have asked by then, did it not wait
        return thread, source
    return start


def test_a_second_ingest_waits_for_the_first(sessions_of_two, in_the_background):
    with ingest_lock(sessions_of_two, project="autoland", source="activedata"):
        thread, source = in_the_background()
        while_held = list(source.requests)
    thread.join()
    assert while_held == []
    assert source.requests != []


def test_an_ingest_of_another_project_does_not_wait(sessions_of_two, in_the_background):
    with ingest_lock(sessions_of_two, project="mozilla-inbound", source="activedata"):
        thread, source = in_the_background()
        thread.join()
    assert source.requests != []
