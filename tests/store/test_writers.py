"""One at a time writes results, lists and the rollup."""

from threading import Thread

import pytest
from ingest_world import add_projects, job, rows, star

from seta.store.engine import make_engine, make_sessions
from seta.store.results.writer import ResultWriter


@pytest.fixture
def sessions_of_two(emptied):
    engine = make_engine(emptied)
    yield make_sessions(engine)
    engine.dispose()


def test_what_two_say_at_once_of_a_job_is_stored_once(sessions_of_two):
    """R31: neither can know what the other has not committed, so one waits."""
    writers = ResultWriter(), ResultWriter()
    with sessions_of_two.begin() as session:
        add_projects(session)
        for writer in writers:  # both know the push and the name
            writer.store(session, [job(1, result="testfailed")])

    def say_the_same():
        with sessions_of_two.begin() as session:
            writers[1].store(session, [star(1)])

    other = Thread(target=say_the_same)
    with sessions_of_two.begin() as session:
        writers[0].store(session, [star(1)])
        other.start()
        other.join(.5)  # it would be done by then, did it not wait
    other.join()
    with sessions_of_two() as session:
        assert len(rows(session, "classifications")) == 1
