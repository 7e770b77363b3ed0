"""What is alive, new, and how long it takes."""

from datetime import datetime, timedelta

import pytest
from publish.made_evidence import DAY, NOW

from seta.domain import JobType, Scope
from seta.publish.forced import new_job_types
from seta.store import evidence as reads
from seta.store.evidence.alive import alive_jobs
from seta.store.results.rollup import refresh_job_days

A, B = "test-linux64/opt-mochitest-1", "test-linux64/opt-mochitest-2"
SECOND = timedelta(seconds=1)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def known(trunk, sessions):
    """Read the names as of a moment: name -> KnownName."""
    def read(as_of: datetime = NOW, scope="trunk"):
        with sessions.begin() as session:
            refresh_job_days(session)
            window = reads.evidence_window(session, Scope(scope), now=NOW, as_of=as_of)
            return {each.name: each for each in reads.known_names(session, window)}
    return read


@pytest.fixture
def alive(trunk, sessions):
    """Read what is alive on autoland for a schedule at a moment."""
    def read(at: datetime = NOW):
        with sessions() as session:
            return {job.name for job in alive_jobs(session, "autoland", "taskcluster", at=at)}
    return read


@pytest.fixture
def durations(trunk, sessions):
    def read(as_of: datetime = NOW):
        with sessions.begin() as session:
            refresh_job_days(session)
            window = reads.evidence_window(session, Scope("trunk"), now=NOW, as_of=as_of)
            return {str(kind): ms for kind, ms in reads.mean_durations(session, window).items()}
    return read


def test_nothing_is_known_at_first(known):
    assert known() == {}


@pytest.mark.parametrize("seen, is_alive", [
    pytest.param(NOW - 14 * DAY + INSTANT, True, id="just inside"),
    pytest.param(NOW - 14 * DAY, True, id="14 days ago"),
    pytest.param(NOW - 14 * DAY - INSTANT, False, id="just outside"),
    pytest.param(NOW, True, id="this moment"),
])
def test_without_a_list_a_result_of_14_days_says_alive(trunk, known, alive, seen, is_alive):
    """For an analysis and for a schedule alike."""
    trunk.result(A, at=seen - DAY, known_at=seen)
    assert known()[A].is_alive == is_alive
    assert alive() == ({A} if is_alive else set())


def test_a_result_that_is_not_known_yet_makes_nothing_alive(trunk, known, alive):
    trunk.result(A, known_at=NOW + INSTANT)
    assert known() == {}
    assert alive() == set()


def test_where_there_is_a_list_only_what_it_names_is_alive(trunk, known, alive):
    """R33, R43: retired job types leave the universe."""
    trunk.passed(A, B).listed(A, at_once := "test-linux64/opt-xpcshell-1")
    assert {name for name, each in known().items() if each.is_alive} == {A, at_once}
    assert alive() == {A, at_once}


def test_the_newest_list_of_that_moment_counts(trunk, known, alive):
    trunk.listed(A, seen_at=NOW - 2 * DAY).listed(B, seen_at=NOW - DAY)
    assert [name for name, each in known().items() if each.is_alive] == [B]
    assert alive() == {B}
    earlier = NOW - DAY - SECOND
    assert [name for name, each in known(as_of=earlier).items() if each.is_alive] == [A]
    assert alive(earlier) == {A}


def test_an_empty_newest_list_means_that_nothing_is_alive(trunk, known, alive):
    trunk.listed(A, seen_at=NOW - 2 * DAY).listed(seen_at=NOW - DAY)
    assert not known()[A].is_alive
    assert alive() == set()


def test_lists_of_another_build_system_or_project_say_nothing(trunk, known, alive):
    trunk.project("other").passed(A).listed(B, project="other").listed(
        "Windows 8 64-bit autoland debug test xpcshell", build_system="buildbot")
    assert all(each.is_alive for each in known().values())
    assert alive() == {A}


def test_tier_3_and_unparsed_names_are_alive_and_none_of_ours(trunk, known):
    """R29"""
    trunk.passed(A, tier=3).passed("source-test-mozlint-eslint").passed(B)
    names = known()
    assert all(each.is_alive for each in names.values())
    assert [name for name, each in names.items() if each.is_ours] == [B]


def test_the_tier_is_that_of_the_newest_result_of_the_moment(trunk, known):
    trunk.passed(A, tier=1, at=NOW - 2 * DAY).passed(A, tier=3, at=NOW - DAY)
    assert not known()[A].is_ours
    assert known(as_of=NOW - DAY)[A].is_ours


def test_the_mean_is_over_the_last_14_days_on_which_it_ran(trunk, durations):
    for days, duration_ms in ((40, 1), (27, 1), (26, 30_000), (13, 40_001)):
        trunk.passed(A, at=NOW - days * DAY, duration_ms=duration_ms)
    assert durations() == {"linux64/opt-mochitest-1": 35_000}  # of 35,000.5


def test_the_moments_own_day_counts_up_to_the_moment(trunk, durations):
    trunk.passed(A, at=NOW - timedelta(hours=3), duration_ms=10_000)
    trunk.passed(A, at=NOW - timedelta(hours=1), duration_ms=30_000)
    assert durations(NOW - timedelta(hours=2)) == {"linux64/opt-mochitest-1": 10_000}
    assert durations() == {"linux64/opt-mochitest-1": 20_000}


def test_a_job_type_that_was_never_timed_has_no_duration(trunk, durations):
    trunk.passed(A, duration_ms=None)
    assert durations() == {}


@pytest.mark.parametrize("recorded, seen, is_new", [
    pytest.param(60, 13, True, id="seen 13 days ago"),
    pytest.param(60, 14, False, id="seen 14 days ago"),
    pytest.param(28, 13, True, id="recorded for 15 days then"),
    pytest.param(27, 13, False, id="recorded for 14 days then"),
    pytest.param(13, 13, False, id="everything is new: a fresh installation"),
])
def test_new_is_what_came_after_everything_else(trunk, known, recorded, seen, is_new):
    """R51, R52: a new job type is forced for 14 days; the arithmetic is tested to the day."""
    trunk.passed(A, at=NOW - recorded * DAY, duration_ms=0)
    trunk.passed(B, at=NOW - seen * DAY, duration_ms=0)
    assert _new(known()) == ({"linux64/opt-mochitest-2"} if is_new else set())


def test_where_only_failures_are_recorded_nothing_is_new(trunk, known):
    trunk.caught("a" * 12, A, at=NOW - 60 * DAY).caught("b" * 12, B, at=NOW - DAY)
    assert _new(known()) == set()


def test_what_moved_to_another_project_is_not_new(trunk, known):
    trunk.project("other").passed(A, at=NOW - 60 * DAY, project="other")
    trunk.passed(B, at=NOW - 60 * DAY).passed(A, at=NOW - DAY)
    assert _new(known()) == set()


def test_what_is_renamed_is_not_new(trunk, known):
    """R30"""
    trunk.passed(A, at=NOW - 60 * DAY).passed(B, at=NOW - DAY)
    old = JobType("linux64", "opt", "mochitest", 1)
    new = JobType("linux64", "opt", "mochitest", 2)
    assert _new(known(), {old: new}) == set()


def _new(names, renamed={}):
    window = reads.EvidenceWindow("trunk", NOW - 90 * DAY, NOW, NOW)
    return {str(each) for each in new_job_types(
        names.values(), window, lambda job_type: renamed.get(job_type, job_type))}
