"""The rollup equals a count from scratch."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_world import NOON, add_projects, job, listed, rows, store_results, versions
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import sessionmaker

from seta.store.engine import make_engine, make_sessions
from seta.store.results.job_lists import record_job_list
from seta.store.results.rollup import refresh_all_job_days, refresh_job_days

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def autoland(session):
    add_projects(session)
    return session


def days(session) -> list[tuple]:
    return [row[1:] for row in rows(session, "job_days")]


def test_no_results_are_no_days(autoland):
    assert refresh_job_days(autoland) == 0
    assert days(autoland) == []


def test_a_day_sums_what_was_known_on_it(autoland):
    store_results(autoland, [
        job(1), job(2, result="busted", duration_ms=None), job(3, result="retry", duration_ms=5),
        job(4, result="testfailed", started_at=NOON + timedelta(days=1))])
    assert refresh_job_days(autoland) == 2
    minutes = timedelta(minutes=1)
    assert days(autoland) == [
        (date(2026, 3, 1), 3, 1, 2, 60_005, NOON + minutes, NOON + 2 * minutes, None),
        (date(2026, 3, 2), 1, 1, 1, 60_000, NOON + timedelta(days=1, minutes=1),
         NOON + timedelta(days=1, minutes=1), None)]


@pytest.mark.parametrize("known_at, day", [
    pytest.param(MIDNIGHT - timedelta(microseconds=1), date(2026, 3, 1), id="just before"),
    pytest.param(MIDNIGHT, date(2026, 3, 2), id="at midnight"),
])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati"])
def test_a_day_begins_at_midnight_in_utc_whatever_the_sessions_zone(
        autoland, known_at, day, zone):
    """R41: UTC and half-open."""
    autoland.execute(text(f"SET LOCAL TimeZone = '{zone}'"))
    store_results(autoland, [job(1, started_at=known_at, duration_ms=None)])
    refresh_job_days(autoland)
    assert [row[:2] for row in days(autoland)] == [(day, 1)]


def test_a_second_count_rewrites_nothing(autoland):
    store_results(autoland, [job(1)])
    refresh_job_days(autoland)
    before = versions(autoland, with_locks=False)
    autoland.execute(text(
        "INSERT INTO stale_job_days SELECT job_name_id, day FROM job_days"))
    assert refresh_job_days(autoland) == 1
    assert versions(autoland, with_locks=False) == before


def test_days_before_pruning_are_never_counted_again(autoland):
    store_results(autoland, [job(1)])
    refresh_job_days(autoland)
    autoland.execute(text("UPDATE projects SET pruned_before = :at"), {"at": MIDNIGHT})
    autoland.execute(text("DELETE FROM job_results"))
    store_results(autoland, [job(2), job(3, started_at=MIDNIGHT)])
    refresh_job_days(autoland)
    assert [row[:2] for row in days(autoland)] == [(date(2026, 3, 1), 1), (date(2026, 3, 2), 1)]
    assert rows(autoland, "stale_job_days") == []


def test_a_name_has_the_tier_of_its_newest_result(autoland):
    store_results(autoland, [
        job(1, tier=1), job(2, tier=3, started_at=NOON + timedelta(hours=1)),
        job(3, tier=2, started_at=NOON - timedelta(hours=1))])
    refresh_job_days(autoland)
    assert [row[4] for row in rows(autoland, "job_names")] == [3]


def test_so_many_days_at_a_time_and_all_of_them_in_the_end(sessions):
    with sessions.begin() as session:
        add_projects(session)
        store_results(session, [
            job(number, started_at=NOON + timedelta(days=number)) for number in range(5)])
        assert refresh_job_days(session, most=2) == 2
    assert refresh_all_job_days(sessions) == 3
    with sessions() as session:
        assert len(days(session)) == 5


@pytest.mark.parametrize("broken, constraint", [
    pytest.param("runs = -1, failures = -1", "ck_job_days_failures", id="fewer than none"),
    pytest.param("failures = 2", "ck_job_days_failures", id="more failures than runs"),
    pytest.param("timed_runs = 2", "ck_job_days_timed_runs", id="more timed runs than runs"),
    pytest.param("runs = 0, failures = 0, timed_runs = 0", "ck_job_days_something",
                 id="nothing happened"),
])
def test_a_day_that_makes_no_sense_cannot_be_stored(autoland, broken, constraint):
    store_results(autoland, [job(1)])
    refresh_job_days(autoland)
    with pytest.raises(IntegrityError, match=constraint):
        autoland.execute(text(f"UPDATE job_days SET {broken}"))


# Equal to a count from scratch, whatever happened

jobs = st.builds(
    job, st.integers(1, 6), name=st.sampled_from(["test-linux64/opt-a", "test-linux64/opt-b"]),
    result=st.sampled_from(["success", "busted", "retry"]),
    duration_ms=st.none() | st.integers(0, 10**7),
    started_at=st.integers(-40, 40).map(lambda hours: NOON + timedelta(hours=hours)))
lists = st.tuples(
    st.integers(-3, 3), st.sets(st.sampled_from(["test-linux64/opt-a", "test-linux64/opt-c"]),
                                min_size=1))
steps = st.lists(st.one_of(
    st.lists(jobs, min_size=1, max_size=5), lists, st.just("count")), max_size=12)


@given(steps)
@settings(max_examples=30, deadline=None)
def test_the_rollup_is_what_a_count_from_scratch_gives(any_database, steps):
    with any_database.connect() as connection:
        session = sessionmaker(connection, join_transaction_mode="create_savepoint")()
        add_projects(session)
        for step in steps:
            do(session, step)
        refresh_job_days(session)
        found = days(session)

        session.execute(text("DELETE FROM job_days"))
        session.execute(text(
            "INSERT INTO stale_job_days SELECT id, DATE '2026-02-20' + day FROM job_names, "
            "generate_series(0, 20) AS day"))
        refresh_job_days(session)
        assert days(session) == found
        assert sum(row[1] for row in found) == len(rows(session, "job_results"))
        connection.rollback()


def do(session, step):
    if step == "count":
        refresh_job_days(session)
    elif isinstance(step, list):
        store_results(session, step)
    else:
        day, names = step
        seen_at = NOON + timedelta(days=day)
        record_job_list(session, "autoland", "taskcluster", seen_at,
                        [listed(name, seen_at) for name in names])


@pytest.fixture(scope="module")
def any_database(make_database, template):
    engine = make_engine(make_database(template))
    yield engine
    engine.dispose()


def test_results_that_come_while_days_are_counted_are_counted_too(emptied):
    """Both write what the other one reads, so one waits for the other."""
    engine = make_engine(emptied)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        add_projects(session)
        store_results(session, [job(1)])
    first, second = sessions(), sessions()
    second.execute(text("SET lock_timeout = '200ms'"))
    refresh_job_days(first)
    with pytest.raises(Exception, match="lock timeout"):
        store_results(second, [job(2)])
    first.commit()
    second.rollback()
    store_results(second, [job(2)])
    second.commit()
    refresh_all_job_days(sessions)
    assert [row[1] for row in days(second)] == [2]
    for session in (first, second):
        session.close()
    engine.dispose()
