"""Job lists: what a source said could run."""

from datetime import timedelta
from itertools import permutations

import pytest
from ingest_world import NOON, add_projects, job, listed, rows, store_results, versions
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from seta.domain import JobType
from seta.errors import BadInput, UnknownProject
from seta.store.results.job_lists import record_job_list
from seta.store.results.rollup import refresh_job_days

A, B, C = (f"test-linux64/opt-{letter}" for letter in "abc")


def at(day):
    return NOON + timedelta(days=day)


def record(session, day, *names, **told):
    entries = [listed(name, at(day), **told) for name in names]
    return record_job_list(session, "autoland", "taskcluster", at(day), entries)


def lists(session):
    """The lists as (first day, last day, letters)."""
    return [((row[2] - NOON).days, (row[3] - NOON).days, "".join(name[-1] for name in row[4]))
            for row in rows(session, "job_lists")]


@pytest.fixture
def autoland(session):
    add_projects(session)
    return session


def test_an_empty_list_is_refused_since_it_would_retire_every_job(autoland):
    """R25."""
    with pytest.raises(BadInput, match="autoland .taskcluster. is empty"):
        record_job_list(autoland, "autoland", "taskcluster", NOON, [])


def test_a_list_of_an_unknown_project_is_refused(autoland):
    with pytest.raises(UnknownProject, match="'nowhere'"):
        record_job_list(autoland, "nowhere", "taskcluster", NOON,
                        [listed(project="nowhere")])


@pytest.mark.parametrize("days, expected", [
    pytest.param([(0, A)], [(0, 0, "a")], id="one"),
    pytest.param([(0, A), (0, A)], [(0, 0, "a")], id="the same twice"),
    pytest.param([(0, A), (2, A)], [(0, 2, "a")], id="the same later"),
    pytest.param([(0, A), (2, A), (1, A)], [(0, 2, "a")], id="the same in between"),
    pytest.param([(0, A), (1, A, B)], [(0, 0, "a"), (1, 1, "ab")], id="another later"),
    pytest.param([(1, A), (0, A)], [(0, 0, "a"), (1, 1, "a")], id="the same earlier"),
    pytest.param([(0, A), (0, B)], [(0, 0, "ab")], id="in two parts"),
    pytest.param([(0, A), (1, A), (1, B)], [(0, 0, "a"), (1, 1, "ab")],
                 id="in two parts, the first as the list before"),
    pytest.param([(0, A), (2, A), (1, B)], [(0, 0, "a"), (1, 1, "b"), (2, 2, "a")],
                 id="another in between"),
])
def test_lists_are_kept_beside_each_other(autoland, days, expected):
    for day, *names in days:
        record(autoland, day, *names)
    assert lists(autoland) == expected


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_any_order_of_lists_gives_the_same_newest_list_on_each_day(autoland, order):
    told = {0: "a", 1: "a", 2: "b", 3: "a"}
    for day in order:
        record(autoland, day, f"test-linux64/opt-{told[day]}")
    found = lists(autoland)
    for day, letter in told.items():
        newest = max((each for each in found if each[0] <= day), key=lambda each: each[0])
        assert newest[2] == letter


def test_the_same_list_again_rewrites_nothing(autoland):
    for _ in range(2):
        record(autoland, 0, A, B)
        refresh_job_days(autoland)
    before = versions(autoland)
    assert not record(autoland, 0, B, A).is_new
    assert refresh_job_days(autoland) == 0
    assert versions(autoland) == before


def test_each_build_system_has_a_list_of_its_own(autoland):
    record(autoland, 0, A)
    record_job_list(autoland, "autoland", "buildbot", at(1),
                    [listed("B", at(1), build_system="buildbot")])
    assert [row[1] for row in rows(autoland, "job_lists")] == ["buildbot", "taskcluster"]


def test_the_newest_list_names_symbols_and_tier(autoland):
    record(autoland, 1, A, tier=2, symbol="bc1", group_symbol="M")
    record(autoland, 0, A, tier=3, symbol="old")
    assert autoland.execute(text("SELECT tier, group_symbol, symbol FROM job_names")).all() == [
        (2, "M", "bc1")]


def test_the_tier_of_a_result_outranks_a_lists(autoland):
    record(autoland, 0, A, B, tier=3)
    store_results(autoland, [job(1, name=A, tier=1)])
    refresh_job_days(autoland)
    record(autoland, 1, A, B, tier=3)
    assert [row[4] for row in rows(autoland, "job_names")] == [1, 3]


def test_a_listed_job_may_tell_its_own_type(autoland):
    record(autoland, 0, "smoke on board 7", job_type=JobType("board-7", "release", "smoke"))
    assert rows(autoland, "job_types") == [("board-7", "release", "smoke", 0)]


def test_the_days_between_two_sightings_count_as_listed(autoland):
    record(autoland, 0, A)
    refresh_job_days(autoland)
    record(autoland, 2, A)
    refresh_job_days(autoland)
    midnight = NOON.replace(hour=0)
    assert [row[8] for row in rows(autoland, "job_days")] == [
        NOON, midnight + timedelta(days=1), midnight + timedelta(days=2)]


def test_a_list_is_never_last_seen_before_it_was_seen(autoland):
    record(autoland, 0, A)
    with pytest.raises(IntegrityError, match="ck_job_lists_last_seen_at"):
        autoland.execute(text("UPDATE job_lists SET last_seen_at = seen_at - interval '1 s'"))
