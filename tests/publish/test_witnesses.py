"""Which failed jobs are evidence, and of what."""

from datetime import timedelta

import pytest
from publish.made_evidence import DAY, NOW

from seta.domain import JobType, Scope
from seta.store import evidence as reads

A, B = "test-linux64/opt-mochitest-1", "test-linux64/opt-mochitest-2"
FIX, OTHER = "a" * 12, "b" * 12
SECOND = timedelta(seconds=1)
SINCE = NOW - 90 * DAY


def found(sessions, **more):
    with sessions() as session:
        window = reads.evidence_window(session, Scope("trunk"), now=NOW, **more)
        return {each.fixed_by: {str(kind) for kind in each.caught_by}
                for each in reads.witnesses(session, window)}


def quality(sessions):
    with sessions() as session:
        return reads.label_quality(session, reads.evidence_window(session, Scope("trunk"), now=NOW))


def test_without_classifications_there_are_no_regressions(trunk, sessions):
    trunk.passed(A).result(A, "testfailed")
    assert found(sessions) == {}


def test_all_jobs_that_one_revision_fixed_are_one_regression_over_all_projects(trunk, sessions):
    """R47, R48: grouped by fix, and no witness is cut off."""
    trunk.project("mozilla-inbound")
    trunk.caught(FIX, A, A, B).caught(
        FIX, "Windows 8 64-bit mozilla-inbound debug test xpcshell",
        project="mozilla-inbound", build_system="buildbot")
    assert found(sessions) == {FIX: {
        "linux64/opt-mochitest-1", "linux64/opt-mochitest-2", "windows8-64/debug-xpcshell"}}


def test_every_revision_of_a_note_counts(trunk, sessions):
    trunk.classify(trunk.result(A, "testfailed"), FIX, OTHER)
    assert set(found(sessions)) == {FIX, OTHER}


@pytest.mark.parametrize("pushed_at, counts", [
    pytest.param(SINCE - SECOND, False, id="a second before the window"),
    pytest.param(SINCE, True, id="at its beginning"),
    pytest.param(NOW - 10 * SECOND, True, id="just before its end"),
    pytest.param(NOW, False, id="at its end"),
])
def test_the_window_is_half_open_by_push_time(trunk, sessions, pushed_at, counts):
    """R41: UTC, half-open, by the time of the push and not of the note."""
    job_id = trunk.result(A, "testfailed", at=pushed_at, known_at=pushed_at)
    trunk.classify(job_id, FIX, at=NOW - SECOND)
    assert bool(found(sessions)) == counts


@pytest.mark.parametrize("result, counts", [
    ("testfailed", True), ("busted", True), ("exception", True),
    ("success", False), ("retry", False), ("usercancel", False), ("skipped", False),
    ("superseded", False),
])
def test_only_failing_results_are_evidence(trunk, sessions, result, counts):
    trunk.classify(trunk.result(A, result), FIX)
    assert bool(found(sessions)) == counts


@pytest.mark.parametrize("later, expected", [
    pytest.param({"classification": "not classified"}, set(), id="taken back"),
    pytest.param({"classification": "intermittent"}, set(), id="said to be intermittent"),
    pytest.param({"fixed_by": [OTHER]}, {OTHER}, id="another fix"),
    pytest.param({"fixed_by": []}, set(), id="a note without a revision"),
    pytest.param({"classification": "intermittent", "at": NOW + SECOND}, {FIX}, id="not yet said"),
    pytest.param({"classification": "intermittent", "at": NOW}, set(), id="said this moment"),
    pytest.param({"classification": "intermittent", "at": NOW - DAY}, {FIX}, id="said before"),
    pytest.param({"fixed_by": [OTHER], "is_inferred": True, "at": NOW}, {FIX},
                 id="inferred is outranked by what was said before"),
    pytest.param({"fixed_by": [OTHER], "at": NOW - DAY / 2}, {OTHER}, id="the same time, later"),
])
def test_the_newest_classification_counts_whatever_it_says(trunk, sessions, later, expected):
    """R49: a star that is late, changed or taken back is followed."""
    job_id = trunk.result(A, "testfailed")
    trunk.classify(job_id, FIX)
    trunk.classify(job_id, *later.pop("fixed_by", []), **later)
    assert set(found(sessions)) == expected


def test_what_was_inferred_counts_until_somebody_says_something(trunk, sessions):
    job_id = trunk.result(A, "testfailed")
    trunk.classify(job_id, FIX, is_inferred=True)
    with sessions() as session:
        window = reads.evidence_window(session, Scope("trunk"), now=NOW)
        assert [each.is_inferred for each in reads.witnesses(session, window)] == [True]

    trunk.classify(job_id, at=NOW - 20 * DAY, classification="intermittent", who="ann")
    assert found(sessions) == {}


def test_names_that_are_no_job_type_and_tier_3_are_left_out_and_counted(trunk, sessions):
    """R29, R50"""
    trunk.caught(FIX, "source-test-mozlint-eslint").caught(FIX, A, tier=3).caught(FIX, B)
    assert found(sessions) == {FIX: {"linux64/opt-mochitest-2"}}
    counted = quality(sessions)
    assert (counted.jobs, counted.unparsed_names, counted.tier_3) == (3, 1, 1)


def test_the_quality_of_labels_is_counted(trunk, sessions):
    """R50: unparsed notes, and how long sheriffs take."""
    for hours in (1, 3, 8):
        job_id = trunk.result(A, "testfailed", known_at=NOW - DAY)
        trunk.classify(job_id, FIX, at=NOW - DAY + timedelta(hours=hours))
    trunk.classify(trunk.result(B, "testfailed"), unparsed=2, is_assumed=True, at=NOW - DAY)
    assert quality(sessions) == reads.LabelQuality(
        jobs=4, without_fix=1, unparsed_revisions=2, unparsed_names=0, tier_3=0,
        assumed_times=1, inferred=0, median_lag=3 * 3600)


def test_other_scopes_are_not_seen(trunk, sessions):
    trunk.scope("other").project("elsewhere", "other").caught(FIX, A, project="elsewhere")
    assert found(sessions) == {}


def test_a_past_moment_sees_no_result_that_came_later(trunk, sessions):
    at = NOW - 2 * DAY
    trunk.classify(trunk.result(A, "testfailed", at=at, known_at=at + DAY), FIX, at=at)
    assert found(sessions, as_of=at + DAY - SECOND) == {}
    assert set(found(sessions, as_of=at + DAY)) == {FIX}


def test_an_archive_is_seen_whole_from_just_after_its_newest_push(trunk, sessions):
    trunk.scope("old", is_archived=True).project("attic", "old")
    at = NOW - 3000 * DAY
    trunk.caught(FIX, A, project="attic", at=at, classified_at=NOW)
    with sessions() as session:
        window = reads.evidence_window(session, Scope("old", is_archived=True), now=NOW)
        assert window.as_of == at + timedelta(milliseconds=1)
        assert [each.caught_by.keys() for each in reads.witnesses(session, window)] == [
            {JobType("linux64", "opt", "mochitest", 1)}]
