"""Publishing by hand, going back, and letting go."""

import threading
from datetime import timedelta
from time import sleep

import pytest
from publish.made_evidence import NOW, Evidence
from sqlalchemy import text

from seta.domain import Priority
from seta.errors import BadInput, Conflict, NotFound, UnknownScope
from seta.publish import analyze, diff, publish, release, roll_back
from seta.store import snapshots
from seta.store.engine import make_engine, make_sessions
from seta.store.operation.alarms import open_alarms
from seta.store.operation.audit import audit_entries

A, B = "test-linux64/opt-mochitest-1", "test-linux64/opt-mochitest-2"
BY_ANN = {"who": "ann", "why": "it was wrong", "now": NOW}


@pytest.fixture
def three(trunk, sessions, settings):
    """The ids of three snapshots, published one after the other."""
    trunk.caught("a" * 12, A).passed(B)
    return [analyze(sessions, "trunk", now=NOW + timedelta(minutes=minutes),
                    settings=settings).id for minutes in range(3)]


def state(sessions):
    with sessions() as session:
        return snapshots.publication_state(session, "trunk")


def audit(sessions):
    with sessions() as session:
        return [(entry.who, entry.what, entry.target, entry.why)
                for entry in audit_entries(session)]


def test_going_back_goes_one_further_each_time(three, sessions):
    first, second, third = three
    assert roll_back(sessions, "trunk", **BY_ANN).id == second
    assert roll_back(sessions, "trunk", **BY_ANN).id == first
    with pytest.raises(Conflict, match="no earlier published snapshot"):
        roll_back(sessions, "trunk", **BY_ANN)
    assert state(sessions).snapshot_id == first
    with sessions() as session:
        assert [(each.snapshot_id, each.how) for each in snapshots.publications(
            session, "trunk")][:2] == [(first, "rollback"), (second, "rollback")]


def test_who_and_why_are_kept_in_the_audit_table(three, sessions):
    """R57"""
    publish(sessions, three[0], **BY_ANN)
    release(sessions, "trunk", who="bob")
    assert audit(sessions) == [
        ("bob", "release publication", "trunk", ""),
        ("ann", "publish snapshot", f"snapshot {three[0]}", "it was wrong")]


def test_a_release_lets_the_next_snapshot_through(three, sessions, settings):
    publish(sessions, three[0], **BY_ANN)
    release(sessions, "trunk", who="ann")
    assert state(sessions).snapshot_id == three[0]
    after = analyze(sessions, "trunk", now=NOW + timedelta(hours=1), settings=settings)
    assert after.is_published


def test_a_held_snapshot_that_is_published_is_held_no_longer(trunk, sessions, settings):
    trunk.caught("a" * 12, A).ingested(status="failed")
    held = analyze(sessions, "trunk", now=NOW, settings=settings)
    with sessions() as session:
        assert [alarm.subject for alarm in open_alarms(session)] == ["snapshot trunk"]

    published = publish(sessions, held.id, **BY_ANN)

    assert published.is_published and published.held_because is None
    with sessions() as session:
        assert snapshots.snapshot_with_id(session, held.id) == published
        assert open_alarms(session) == []
        assert audit_entries(session)[0].details["was_held_because"] == held.held_because


@pytest.mark.parametrize("act, error", [
    pytest.param(lambda s, id: publish(s, 999, **BY_ANN), NotFound, id="unknown snapshot"),
    pytest.param(lambda s, id: publish(s, id, who=" ", why="x", now=NOW), BadInput, id="no who"),
    pytest.param(lambda s, id: publish(s, id, who="ann", why="", now=NOW), BadInput, id="no why"),
    pytest.param(lambda s, id: roll_back(s, "trunk", who="ann", why="", now=NOW), BadInput,
                 id="back without why"),
    pytest.param(lambda s, id: roll_back(s, "none", **BY_ANN), UnknownScope, id="unknown scope"),
    pytest.param(lambda s, id: release(s, "trunk", who="ann"), Conflict, id="nothing to release"),
])
def test_what_cannot_be_done_changes_nothing(three, sessions, act, error):
    before = state(sessions)
    with pytest.raises(error):
        act(sessions, three[0])
    assert state(sessions) == before
    assert audit(sessions) == []


def test_snapshots_differ_by_what_changed(trunk, sessions, settings):
    """R68"""
    trunk.caught("a" * 12, A).passed(B)
    first = analyze(sessions, "trunk", now=NOW, settings=settings)
    later = NOW + timedelta(hours=12)
    trunk.caught("b" * 12, B, at=NOW).passed("test-linux64/opt-mochitest-3", at=NOW)
    second = analyze(sessions, "trunk", now=later, settings=settings)
    with sessions() as session:
        found = diff(session, first.id, second.id)
        assert diff(session, first.id, first.id) == ()
        assert len(diff(session, second.id, first.id)) == len(found)
    assert [(str(each.job_type), each.before, each.after, each.reason_after)
            for each in found] == [
        ("linux64/opt-mochitest-2", Priority.THIRD, Priority.FIRST, "chosen"),
        ("linux64/opt-mochitest-3", None, Priority.THIRD, "caught nothing")]


def test_snapshots_of_two_scopes_are_not_compared(three, trunk, sessions, settings):
    trunk.scope("far").project("elsewhere", "far").caught("a" * 12, A, project="elsewhere")
    other = analyze(sessions, "far", now=NOW, settings=settings)
    with sessions() as session, pytest.raises(BadInput, match="different scopes: far, trunk"):
        diff(session, three[0], other.id)


def test_snapshots_are_listed_from_the_newest_in_pages(three, sessions):
    with sessions() as session:
        page = snapshots.snapshots_of(session, "trunk", limit=2)
        rest = snapshots.snapshots_of(session, "trunk", limit=2, before=page[-1].id)
    assert [each.id for each in page + rest] == three[::-1]
    assert [each.is_published for each in page + rest] == [True, False, False]


def test_an_analysis_waits_for_who_publishes_and_then_obeys(emptied, settings):
    """R45: it looks at what is published only when nobody else can change it any more."""
    engine = make_engine(emptied)
    sessions = make_sessions(engine)
    Evidence(sessions).scope().project().caught("a" * 12, A)
    made = []
    work = threading.Thread(target=lambda: made.append(
        analyze(sessions, "trunk", now=NOW, settings=settings)))
    with sessions.begin() as session:
        snapshots.lock_publication(session, "trunk")
        work.start()
        _wait_for_lock(engine)
        snapshots.stop_publication(session, "trunk", now=NOW, who="ann", why="a moment")
    work.join()
    assert made[0].held_because.startswith("ann stopped")
    assert state(sessions).snapshot_id is None
    engine.dispose()


def _wait_for_lock(engine):
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                   "AND datname = current_database()")
    with engine.connect() as connection:
        while not connection.scalar(waiting):
            connection.rollback()  # or the view would stay as it was
            sleep(0.01)


def test_analyses_at_once_each_publish_a_whole_snapshot(emptied, settings):
    """R45: publication is atomic, and those who publish wait for each other."""
    engine = make_engine(emptied, pool_size=8)
    sessions = make_sessions(engine)
    Evidence(sessions).scope().project().caught("a" * 12, A).passed(B)
    made = []

    def work(minutes):
        made.append(analyze(sessions, "trunk", now=NOW + timedelta(minutes=minutes),
                            settings=settings))

    threads = [threading.Thread(target=work, args=(minutes,)) for minutes in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 6
    with sessions() as session:
        present = snapshots.snapshot_with_id(session, state(sessions).snapshot_id)
        history = snapshots.publications(session, "trunk")
    assert present.as_of == NOW + timedelta(minutes=5)  # whatever came last, the newest stays
    assert len(present.priorities) == 2
    assert len(history) == sum(each.held_because is None for each in made)
    engine.dispose()
