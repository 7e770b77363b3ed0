"""The last run of each job is what a look at all its results finds, however they came in."""

from datetime import timedelta

import pytest
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_world import FIXED, INTERMITTENT, NOON, add_projects, job, star, store_results
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from seta.domain import FAILING, VERDICTS
from seta.store.curation import projects
from seta.store.engine import make_engine
from seta.store.migrations.upgrade import migration_config, upgrade
from seta.store.results.last_runs import still_failing
from seta.store.results.pruning import prune
from seta.store.results.writer import ResultWriter

NAMES = [f"test-linux64/opt-mochitest-{number}" for number in range(1, 4)]
PROJECTS = ("autoland", "mozilla-inbound")

HOURS = st.integers(-60, 60)
DAYS = st.integers(-2, 3)
RUNS = st.builds(
    lambda number, name, project, push, pushed, started, result: job(
        number, name=name, project=project, revision=f"{push:040x}",
        pushed_at=NOON + timedelta(hours=pushed), result=result,
        started_at=NOON + timedelta(hours=started)),
    number=st.integers(1, 12), name=st.sampled_from(NAMES), project=st.sampled_from(PROJECTS),
    push=st.integers(1, 4), pushed=HOURS, started=HOURS,
    result=st.sampled_from(["success", "testfailed", "busted", "retry", "usercancel"]))
STEPS = st.lists(
    st.one_of(st.lists(RUNS, min_size=1, max_size=5), DAYS), min_size=1, max_size=8)


@pytest.fixture
def both(session):
    add_projects(session, *PROJECTS)
    return session


def kept(session) -> dict:
    return {row[0]: tuple(row[1:]) for row in session.execute(text(
        "SELECT job_name_id, namespace_id, job_id, push, known_at, has_failed FROM last_runs"))}


def found_the_slow_way(session) -> dict:
    """The rule, written down: each job's greatest run by these four."""
    last = {}
    for name, *order, push, result in session.execute(text(
            "SELECT job_name_id, pushed_at, known_at, namespace_id, job_id, push, result::text "
            "FROM job_results JOIN pushes ON pushes.id = push")):
        if result in VERDICTS and (name not in last or order > last[name][0]):
            last[name] = order, push, result in FAILING
    return {name: (namespace_id, job_id, push, known_at, has_failed)
            for name, ((_, known_at, namespace_id, job_id), push, has_failed) in last.items()}


@given(STEPS)
@settings(deadline=None, max_examples=60)
def test_whatever_comes_in_changes_moves_or_goes_it_is_the_one_of_the_rule(engine, steps):
    """Posts and re-reports of one program, pushes that turn out to be older, and pruning."""
    with engine.connect() as connection:
        everything = connection.begin()
        sessions = sessionmaker(connection, join_transaction_mode="create_savepoint")
        with sessions.begin() as session:
            add_projects(session, *PROJECTS)
        writer = ResultWriter()
        for step in steps:
            if isinstance(step, int):
                prune(sessions, now=NOON + timedelta(days=step), batch=2,
                      retention=timedelta(days=1))
                writer.forget()
            else:
                with sessions.begin() as session:
                    writer.store(session, step)
            with sessions() as session:
                assert kept(session) == found_the_slow_way(session)
        everything.rollback()


@pytest.mark.parametrize("change", [
    pytest.param({"result": "success"}, id="result"),
    pytest.param({"result": "retry"}, id="no verdict any more"),
    pytest.param({"revision": "b" * 40, "pushed_at": NOON - timedelta(hours=9)}, id="push"),
    pytest.param({"name": NAMES[1]}, id="name"),
    pytest.param({"duration_ms": None}, id="end"),
    pytest.param({"pushed_at": NOON - timedelta(hours=9)}, id="time of the push"),
])
def test_a_last_run_that_changes_is_followed(both, change):
    first = job(1, result="testfailed")
    store_results(both, [first, job(2, revision="c" * 40, pushed_at=NOON - timedelta(hours=1))])
    before = kept(both)
    store_results(both, [job(1, **{"result": "testfailed"} | change)])
    assert kept(both) == found_the_slow_way(both) != before


def test_a_batch_that_says_nothing_new_is_not_compared(both):
    store_results(both, [job(1)])
    both.execute(text("DELETE FROM last_runs"))
    store_results(both, [job(1)])
    assert kept(both) == {}


def test_the_migration_finds_them_among_the_results_that_are_there(database):
    engine = make_engine(database)
    with Session(engine) as session, session.begin():
        add_projects(session, *PROJECTS)
        for number in range(40):
            store_results(session, [job(
                number, name=NAMES[number % 3], project=PROJECTS[number % 2],
                revision=f"{number % 7:040x}", pushed_at=NOON - timedelta(hours=number % 7),
                started_at=NOON + timedelta(hours=number * 11 % 17),
                result=("success", "testfailed", "retry")[number % 5 % 3])])
    with engine.begin() as connection:
        command.downgrade(migration_config(connection), "1.2")
    upgrade(engine)
    with Session(engine) as session:
        assert kept(session) == found_the_slow_way(session) != {}
    engine.dispose()


def test_they_go_with_their_project(both):
    store_results(both, [job(1)])
    projects.remove_project(both, "autoland")
    assert kept(both) == {}


def test_only_failures_that_are_no_intermittents_stay_due(both):
    store_results(both, [
        star(1, name=NAMES[0]), star(2, INTERMITTENT, name=NAMES[1]), job(3, name=NAMES[2]),
        star(4, FIXED, name="elsewhere", project="mozilla-inbound"),
        job(5, name="build", build_system="buildbot", result="busted")])
    assert still_failing(both, "autoland", "taskcluster") == {NAMES[0]}
    assert still_failing(both, "autoland", "buildbot") == {"build"}
    assert still_failing(both, "try", "taskcluster") == frozenset()
