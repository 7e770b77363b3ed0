"""Batches into the store, each in a transaction of its own."""

import pytest
from ingest_world import NOON, add_projects, job, rows
from sqlalchemy import text

from seta.errors import UnknownProject
from seta.ingest.records import Saver
from seta.store.curation import projects


@pytest.fixture
def autoland(sessions):
    with sessions.begin() as session:
        add_projects(session)
    return sessions


def test_a_push_that_was_pruned_between_two_batches_is_stored_anew(autoland):
    saver = Saver(autoland)
    saver.save([job(1)])
    with autoland.begin() as session:
        session.execute(text("DELETE FROM pushes"))
    assert saver.save([job(2)]).new == 1
    with autoland() as session:
        assert [row[1] for row in rows(session, "job_results")] == ["2"]


def test_a_project_that_was_removed_between_two_batches_is_an_error(autoland):
    saver = Saver(autoland)
    saver.save([job(1)])
    with autoland.begin() as session:
        projects.remove_scope(session, "trunk")
    with pytest.raises(UnknownProject, match="'autoland'"):
        saver.save([job(2)])


def test_what_is_done_beside_goes_in_or_not_with_the_results(autoland):
    def fail(session):
        session.execute(text("UPDATE projects SET source = 'touched'"))
        raise ZeroDivisionError

    saver = Saver(autoland)
    with pytest.raises(ZeroDivisionError):
        saver.save([job(1)], after=fail)
    with autoland() as session:
        assert rows(session, "job_results") == []
        assert projects.project_named(session, "autoland").source == "activedata"
    assert saver.save([job(1, pushed_at=NOON)]).new == 1
