"""What a web process serves, how soon it notices, and when it stops."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from publish.made_evidence import DAY, NOW, Evidence

from seta.domain import Priority
from seta.errors import NoSnapshot, StaleData, StoreError, SwitchedOff, UnknownProject
from seta.publish import analyze, publish
from seta.publish.serving import ALL, HIGH_VALUE, LOW_VALUE, ListKind, Published, ListQuery
from seta.store.curation import projects
from seta.store.engine import make_engine, make_sessions

A, B, C = (f"test-linux64/opt-mochitest-{number}" for number in (1, 2, 3))
BUILDER = "Windows 8 64-bit mozilla-inbound debug test xpcshell"
SECOND = timedelta(seconds=1)


class Clock:
    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def served(sessions, settings, clock):
    return Published(sessions, settings, clock, every=0, patience=30)


@pytest.fixture
def first(trunk, sessions, settings):
    trunk.caught("a" * 12, A, B).caught("b" * 12, B).passed(C).ingested(at=NOW)
    return analyze(sessions, "trunk", now=NOW, settings=settings)


def listed(published, kind=ListKind.TASKCLUSTER, priorities=LOW_VALUE, project="autoland"):
    prepared = published.usable_list(ListQuery(project, kind, priorities)).prepared_list
    body = prepared.body("2026-03-01", today="2026-03-01")
    return json.loads(body.plain)["jobtypes"]["2026-03-01"]


def test_names_are_given_by_priority(first, served):
    assert served.names_at("autoland", "taskcluster") == {
        Priority.FIRST: (B,), Priority.SECOND: (A,), Priority.THIRD: (C,)}
    assert served.names_at("autoland", "buildbot") == {}
    assert listed(served) == [A, C]
    assert listed(served, priorities=HIGH_VALUE) == [B]
    assert listed(served, priorities=ALL) == [A, B, C]


def test_a_new_snapshot_is_noticed(trunk, first, served, sessions, settings, clock):
    """R59: what was prepared of the old one is not served again."""
    assert listed(served) == [A, C]
    clock.now += timedelta(hours=12)
    trunk.caught("c" * 12, C, at=NOW)
    second = analyze(sessions, "trunk", now=clock.now, settings=settings)
    publish(sessions, second.id, who="ann", why="it moves a third", now=clock.now)
    assert listed(served) == [A]
    assert served.usable_list(ListQuery("autoland", ListKind.ANY, ALL)).snapshot_id == second.id


def test_without_a_snapshot_there_is_a_reason_and_no_list(trunk, served):
    trunk.ingested(at=NOW)
    assert [type(reason) for reason in served.refusals("autoland")] == [NoSnapshot]
    assert served.names_at("autoland", "taskcluster") == {}
    with pytest.raises(NoSnapshot, match="no snapshot of scope trunk"):
        listed(served)


def test_without_a_project_in_the_default_scope_there_is_nothing_to_list(served):
    with pytest.raises(NoSnapshot, match="has no project"):
        listed(served, project=None)


def test_an_unknown_project_is_an_error_on_every_question(first, served):
    """R5"""
    for ask in (served.project, served.refusals, lambda name: listed(served, project=name),
                lambda name: served.names_at(name, "taskcluster")):
        with pytest.raises(UnknownProject, match="'none'"):
            ask("none")


@pytest.mark.parametrize("age, is_stale", [(timedelta(hours=36), False),
                                           (timedelta(hours=36) + SECOND, True)])
def test_without_an_ingest_for_36_hours_the_data_is_stale(first, served, clock, age, is_stale):
    clock.now += age
    assert [type(each) for each in served.refusals("autoland")] == [StaleData] * is_stale


@pytest.mark.parametrize("age, is_stale", [(7 * DAY, False), (7 * DAY + SECOND, True)])
def test_a_snapshot_of_more_than_seven_days_ago_is_stale(
    trunk, first, served, clock, age, is_stale
):
    clock.now += age
    trunk.ingested(at=clock.now)
    assert [type(each) for each in served.refusals("autoland")] == [StaleData] * is_stale


@pytest.mark.parametrize("ingested, limit", [
    pytest.param(timedelta(), timedelta(hours=36), id="the results go stale first"),
    pytest.param(6 * DAY, 7 * DAY, id="the snapshot goes stale first"),
])
def test_lists_are_good_until_the_moment_that_is_told_and_no_longer(
    trunk, first, served, clock, ingested, limit
):
    trunk.ingested(at=NOW + ingested)
    until = served.fresh_until(served.project("autoland"))
    assert until == NOW + limit
    clock.now = until
    assert served.refusals("autoland") == ()
    clock.now += timedelta(microseconds=1)
    assert [type(each) for each in served.refusals("autoland")] == [StaleData]


def test_a_project_that_never_had_an_ingest_is_stale(trunk, served, sessions, settings):
    trunk.caught("a" * 12, A)
    analyze(sessions, "trunk", now=NOW, settings=settings)
    assert "autoland has no successful ingest yet" in str(served.refusals("autoland")[0])


def test_any_source_keeps_a_project_fresh(trunk, first, served, clock):
    trunk.ingested(at=NOW - 9 * DAY, source="activedata")
    assert served.refusals("autoland") == ()


def test_an_archive_is_never_stale(trunk, served, sessions, settings, clock):
    trunk.scope("old", is_archived=True).project("attic", "old")
    trunk.caught("a" * 12, A, B, project="attic")
    analyze(sessions, "old", now=NOW, settings=settings)
    clock.now += 9000 * DAY
    assert served.refusals("attic") == ()


def test_a_kill_switch_is_noticed_and_is_of_one_project(trunk, first, served, sessions):
    """R24"""
    trunk.project("other").ingested("other", at=NOW)
    with sessions.begin() as session:
        killed = replace(projects.project_named(session, "autoland"), is_killed=True)
        projects.save_project(session, killed)
    assert isinstance(served.refusals("autoland")[0], SwitchedOff)
    with pytest.raises(SwitchedOff, match="kill switch of autoland"):
        listed(served)
    assert served.refusals("other") == ()


def test_the_global_kill_switch_is_of_all(first, sessions, settings, clock):
    killed = Published(sessions, replace(settings, is_killed=True), clock, every=0, patience=30)
    with pytest.raises(SwitchedOff, match="of this server"):
        listed(killed)


def test_where_everything_runs_anyway_nothing_is_listed(trunk, first, served):
    trunk.project("try", is_integration=False).ingested("try", at=NOW)
    with pytest.raises(SwitchedOff, match="try is not an integration project"):
        listed(served, project="try")


def test_the_union_leaves_out_what_may_not_be_used(trunk, served, sessions, settings):
    trunk.project("mozilla-inbound").ingested(at=NOW)
    trunk.caught("a" * 12, A, B).passed(BUILDER, project="mozilla-inbound",
                                        build_system="buildbot")
    analyze(sessions, "trunk", now=NOW, settings=settings)
    assert listed(served, ListKind.ANY, ALL, project=None) == [A, B]  # the other has no ingest
    trunk.ingested("mozilla-inbound", at=NOW)
    assert listed(served, ListKind.ANY, ALL, project=None) == [BUILDER, A, B]


def test_builds_are_not_listed_for_taskcluster_unless_they_fuzz(
    trunk, served, sessions, settings
):
    fuzzing = "build-linux64-asan-fuzzing/opt"
    trunk.caught("a" * 12, A).passed("build-linux64/debug", fuzzing).ingested(at=NOW)
    analyze(sessions, "trunk", now=NOW, settings=settings)
    assert listed(served, priorities=HIGH_VALUE) == [fuzzing, A]
    assert "build-linux64/debug" in served.names_at("autoland", "taskcluster")[Priority.FIRST]


def test_triples_are_of_job_types_and_none_twice(trunk, first, served):
    assert listed(served, ListKind.TRIPLES, ALL) == [
        ["linux64", "opt", "mochitest-1"], ["linux64", "opt", "mochitest-2"],
        ["linux64", "opt", "mochitest-3"]]


def test_a_name_that_projects_share_is_in_memory_once(trunk, served, sessions, settings):
    trunk.project("other").ingested("other", at=NOW).ingested(at=NOW)
    trunk.caught("a" * 12, A).caught("b" * 12, A, project="other")
    analyze(sessions, "trunk", now=NOW, settings=settings)
    (here,), (there,) = (served.names_at(project, "taskcluster")[Priority.FIRST]
                         for project in ("autoland", "other"))
    assert here == A and here is there


def test_bytes_are_made_once_for_today_and_anew_for_other_days(first, served):
    query = ListQuery("autoland", ListKind.TASKCLUSTER, LOW_VALUE)
    prepared = served.usable_list(query).prepared_list
    again = served.usable_list(query).prepared_list
    assert again is prepared
    today = prepared.body("2026-03-01", today="2026-03-01")
    assert prepared.body("2026-03-01", today="2026-03-01") is today
    other = prepared.body("2016-05-19", today="2026-03-01")
    assert prepared.body("2016-05-19", today="2026-03-01") is not other
    assert prepared.body("2026-03-01", today="2026-03-01") is today
    assert len({today.etag, today.gzipped_etag, other.etag, other.gzipped_etag}) == 4


def test_the_last_good_lists_are_served_while_the_database_is_gone(emptied, settings, clock):
    """R20, R25"""
    engine = make_engine(emptied)
    sessions = make_sessions(engine)
    evidence = Evidence(sessions).scope().project()
    evidence.caught("a" * 12, A, B).caught("b" * 12, B).ingested(at=NOW)
    analyze(sessions, "trunk", now=NOW, settings=settings)
    gone = make_engine(engine.url.set(host="/nonexistent", query={}))
    bind = Switch(sessions)
    published = Published(bind, settings, clock, every=0, patience=30)
    assert listed(published) == [A]

    bind.use(make_sessions(gone))
    assert listed(published) == [A]
    clock.now += timedelta(hours=36) + SECOND  # until it is stale by the clock
    with pytest.raises(StaleData):
        listed(published)

    bind.use(sessions)
    clock.now = NOW
    assert listed(published) == [A]
    engine.dispose()


def test_a_database_that_was_gone_at_the_start_is_found_later(trunk, first, sessions, settings):
    bind = Switch(make_sessions(make_engine("postgresql+psycopg2:///none?host=/nonexistent")))
    published = Published(bind, settings, lambda: NOW, every=0, patience=30)
    with pytest.raises(StoreError, match="does not answer"):
        listed(published)
    bind.use(sessions)
    assert listed(published) == [A, C]


class Switch:
    """A session factory whose database can be exchanged."""

    def __init__(self, sessions):
        self._sessions = sessions

    def use(self, sessions):
        self._sessions = sessions

    def __call__(self):
        return self._sessions()
