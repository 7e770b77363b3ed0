"""Old results go, the rollup stays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_world import NOON, add_projects, job, listed, rows, star, store_results
from sqlalchemy import text
from sqlalchemy.orm import sessionmaker

from seta.domain import Scope
from seta.store.curation import projects
from seta.store.results.job_lists import record_job_list
from seta.store.results.pruning import prune
from seta.store.results.rollup import refresh_all_job_days

RETENTION = timedelta(days=200)
PUSHED = NOON - timedelta(days=250)


@pytest.fixture
def pruned(sessions):
    """Store results of two scopes, prune, and return a session that looks at what is left."""
    def prune_these(*results, batch=3):
        with sessions.begin() as session:
            add_projects(session, "autoland", "mozilla-inbound")
            projects.add_scope(session, Scope("history", is_archived=True))
            add_projects(session, "old", scope="history")
            store_results(session, results)
        counts = prune(sessions, now=NOON, retention=RETENTION, batch=batch)
        return counts, sessions()
    return prune_these


def old(number, **told):
    return job(number, pushed_at=PUSHED, started_at=PUSHED, revision=f"{number:040x}", **told)


def test_nothing_old_is_nothing_pruned(pruned):
    counts, session = pruned(job(1))
    assert counts == {"results": 0, "pushes": 0, "lists": 0}
    assert len(rows(session, "job_results")) == 1


def test_old_results_and_their_pushes_go_in_batches_and_the_days_stay(pruned):
    counts, session = pruned(
        *(old(number) for number in range(10)), star(20, pushed_at=PUSHED, started_at=PUSHED,
                                                     revision="c" * 40), job(30))
    assert counts == {"results": 11, "pushes": 11, "lists": 0}
    assert [row[1] for row in rows(session, "job_results")] == ["30"]
    assert rows(session, "classifications") == []
    assert [row[2] for row in rows(session, "job_days")] == [11, 1]


@given(jobs=st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=14),
       batch=st.integers(1, 5))
@settings(max_examples=25, deadline=None)
def test_all_that_is_old_goes_and_nothing_else_whatever_a_batch_holds(engine, jobs, batch):
    with engine.connect() as connection, connection.begin() as transaction:
        sessions = sessionmaker(connection, join_transaction_mode="create_savepoint")
        with sessions.begin() as session:
            add_projects(session, "autoland", "mozilla-inbound")
            store_results(session, [
                replace(old(number) if is_old else job(number), name=f"test-linux64/opt-x-{name}",
                        project="mozilla-inbound" if name == 4 else "autoland")
                for number, (name, is_old) in enumerate(jobs)])
        counts = prune(sessions, now=NOON, retention=RETENTION, batch=batch)
        with sessions() as session:
            left = {int(row[1]) for row in rows(session, "job_results")}
        transaction.rollback()
    assert left == {number for number, (_, is_old) in enumerate(jobs) if not is_old}
    assert counts["results"] == len(jobs) - len(left)


def test_a_late_run_on_an_old_push_stays_until_it_is_old_itself(pruned):
    counts, session = pruned(old(1),
                             job(2, pushed_at=PUSHED, started_at=NOON, revision=f"{1:040x}"))
    assert counts["results"] == 1
    assert len(rows(session, "pushes")) == 1


def test_archived_scopes_are_left_alone(pruned):
    counts, session = pruned(old(1, project="old"), old(2, project="mozilla-inbound"))
    assert counts["results"] == 1
    assert [row[2][1:4] for row in rows(session, "job_results")] == ["old"]


def test_what_comes_late_for_a_pruned_day_leaves_its_count_as_it_was(pruned, sessions):
    _, session = pruned(old(1), old(2))
    store_results(session, [old(3)])
    session.commit()
    refresh_all_job_days(sessions)
    prune(sessions, now=NOON, retention=RETENTION)
    assert [row[2] for row in rows(session, "job_days")] == [2]
    assert rows(session, "job_results") == []


def test_pruning_is_by_whole_days(pruned):
    edge = (NOON - RETENTION).replace(hour=0)
    _, session = pruned(
        job(1, pushed_at=edge, started_at=None, duration_ms=None),
        job(2, pushed_at=edge - timedelta(seconds=1), started_at=None, duration_ms=None,
            revision="b" * 40))
    assert [row[1] for row in rows(session, "job_results")] == ["1"]
    assert session.scalar(text(
        "SELECT pruned_before FROM projects WHERE name = 'autoland'")) == edge


def test_old_lists_go_but_the_newest_stays(sessions):
    with sessions.begin() as session:
        add_projects(session)
        for days, letter in ((300, "a"), (280, "b"), (260, "c")):
            seen_at = NOON - timedelta(days=days)
            record_job_list(session, "autoland", "taskcluster", seen_at,
                            [listed(f"test-linux64/opt-{letter}", seen_at)])
    assert prune(sessions, now=NOON, retention=RETENTION)["lists"] == 2
    with sessions() as session:
        assert [row[4] for row in rows(session, "job_lists")] == [["test-linux64/opt-c"]]
        assert len(rows(session, "job_days")) == 3
