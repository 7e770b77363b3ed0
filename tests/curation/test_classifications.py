"""What people say of failed jobs through our own API."""

import pytest
from ci_world import NOON
from sqlalchemy import func, select

from seta.curation.classifications import classify_job, classify_range, read_classification
from seta.errors import BadInput, NotFound
from seta.store import schema
from seta.store.curation import classifications
from seta.store.curation.classifications import JobKey
from seta.store.operation.audit import audit_entries

JOB = "test-linux64/opt-low-1"
FIX = "9fa614d8310d2c7c3f4d8fe4a26e9d1ed4d3c6c0"
FIXED = read_classification("fixed by commit", FIX)
INTERMITTENT = read_classification("intermittent")


@pytest.fixture
def failed(ci, results):
    """Five pushes; the job failed on all but the second."""
    return [results.add(JOB, ci.push(str(n), n), "success" if n == 1 else "testfailed")
            for n in range(5)]


def of_range(ci, first, last, what=None):
    return classify_range(
        ci.session, "autoland", "taskcluster", JOB, what or FIXED,
        first=first, last=last, who="ann", now=NOON)


def test_one_job_is_classified_and_audited(ci, failed):
    assert classify_job(ci.session, "test", failed[0], FIXED, who="ann",
                        now=NOON, why="seen") == 1
    key = JobKey("test", failed[0])
    known = classifications.counted_classifications(ci.session, [key])[key]
    assert (known.classification, known.fixed_by, known.who) == (
        "fixed by commit", ("9fa614d8310d",), "ann")
    entry, = audit_entries(ci.session)
    assert (entry.what, entry.why) == ("classify fixed by commit", "seen")


def test_classified_twice_it_is_stored_once(ci, failed):
    for expected in (1, 0):
        assert classify_job(ci.session, "test", failed[0], INTERMITTENT, who="ann",
                            now=NOON) == expected
    assert ci.session.scalar(select(func.count()).select_from(schema.ClassificationRow)) == 1


def test_the_newest_counts_and_it_can_be_taken_back(ci, failed):
    for minute, word in enumerate(["intermittent", "not classified", "intermittent"]):
        assert classify_job(ci.session, "test", failed[0], read_classification(word), who="ann",
                            now=ci.at(minute)) == 1
        key = JobKey("test", failed[0])
        known = classifications.counted_classifications(ci.session, [key])
        assert known[key].classification == word


@pytest.mark.parametrize("first, last, count", [
    pytest.param("0", "4", 4, id="all that failed"),
    pytest.param("2", "3", 2, id="both ends are in it"),
    pytest.param("4", "4", 1, id="one push"),
])
def test_a_range_of_pushes_is_classified(ci, failed, first, last, count):
    assert of_range(ci, first, last) == count


def test_a_range_is_named_by_revisions_too(ci, failed):
    """R46: 12 digits or all 40."""
    assert of_range(ci, ci.push("0", 0).revision, ci.push("4", 0).revision[:12]) == 4


@pytest.mark.parametrize("first, last, message", [
    pytest.param("9", "4", "no push '9'", id="unknown first"),
    pytest.param("1", "1", "failed on no push", id="it passed there"),
    pytest.param("4", "2", "failed on no push", id="the wrong way round"),
])
def test_a_range_with_nothing_in_it_is_an_error(ci, failed, first, last, message):
    with pytest.raises(NotFound, match=message):
        of_range(ci, first, last)


def test_an_unknown_job_is_not_found(ci, failed):
    with pytest.raises(NotFound, match="no job '999' in the namespace 'test'"):
        classify_job(ci.session, "test", "999", INTERMITTENT, who="ann", now=NOON)


@pytest.mark.parametrize("word, fixed_by", [
    pytest.param("fixed by commit", None, id="no fix"),
    pytest.param("intermittent", FIX, id="a fix of what has none"),
    pytest.param("fixed by commit", "abc", id="too short"),
    pytest.param("fixed by commit", "bug 1323536", id="a bug number"),
    pytest.param("infra", None, id="not ours to say"),
    pytest.param("", None, id="nothing"),
])
def test_what_makes_no_sense_is_refused(word, fixed_by):
    with pytest.raises(BadInput):
        read_classification(word, fixed_by)
