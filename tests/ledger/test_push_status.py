"""What happened to a push, and where each skipped job ran next."""

import pytest
from ingest_world import job, store_results

from seta.errors import NotFound
from seta.ledger import push_status, schedule_failed

JOB = "test-linux64/opt-low-1"
RARE = "test-linux64/opt-low-rare"


def status(ci, push_id):
    return push_status(ci.session, "autoland", "taskcluster", push_id)


def where_run(ci, push_id):
    return {job.name: job.ran_on and (job.ran_on.push_id, job.how)
            for job in status(ci, push_id).skipped}


def test_a_full_run_is_fully_tested(ci):
    ci.ask("1", 0)
    assert status(ci, "1").is_fully_tested and status(ci, "1").skipped == ()


def test_a_skipped_job_is_reported_with_the_push_it_ran_on_next(ci):
    """R76: what was skipped stays visible on its push."""
    for number in range(1, 12):
        ci.ask(str(number), number)
    assert where_run(ci, "2") == {
        JOB: ("6", "scheduled"), "test-linux64/opt-low-2": ("6", "scheduled"),
        RARE: ("11", "scheduled")}
    assert not status(ci, "2").is_fully_tested


def test_what_has_not_run_yet_is_reported_so(ci):
    ci.ask("1", 0)
    ci.ask("2", 1)
    assert set(where_run(ci, "2").values()) == {None}


def test_a_timer_or_a_backfill_makes_a_push_fully_tested(ci, results):
    """R79: which push really ran it is recorded."""
    ci.ask("1", 0)
    ci.ask("2", 1)
    ci.take("2", 90)
    results.add(RARE, ci.push("2", 1))
    assert where_run(ci, "2") == {
        JOB: ("2", "late"), "test-linux64/opt-low-2": ("2", "late"), RARE: ("2", "seen")}
    assert status(ci, "2").is_fully_tested


def test_a_schedule_by_pushlog_id_finds_the_push_that_treeherder_brought(ci):
    """Treeherder numbers pushes in its own way; the revision says which push it is."""
    ci.ask("1", 0)
    ci.ask("2", 1)
    push = ci.push("2", 1)
    store_results(ci.session, [job(
        1, name=RARE, revision=push.revision, pushed_at=push.pushed_at,
        treeherder_push_id="1")])  # which is the pushlog id of another push
    assert where_run(ci, "2")[RARE] == ("2", "seen")
    assert status(ci, "1").skipped == ()


def test_a_run_that_failed_does_not_count_as_the_next_one(ci):
    ci.ask("1", 0)
    ci.ask("2", 1)
    ci.ask("3", 300)
    schedule_failed(ci.session, "autoland", "taskcluster", "3", why="down", now=ci.at(301))
    assert where_run(ci, "2")[JOB] is None
    assert not status(ci, "3").is_fully_tested
    ci.ask("4", 302)
    assert where_run(ci, "2")[JOB] == ("4", "scheduled")


def test_an_unknown_push_has_no_status(ci):
    with pytest.raises(NotFound, match="no push '9'"):
        status(ci, "9")
