"""Stars that move without a sign: each ingest asks again for the present state of the window's."""

import pytest
from ingest_world import FIX, INTERMITTENT, NOT_CLASSIFIED, at, believed, job, mark, star

from seta.store.operation.runs import runs

OTHER = "123456abcdef"
STARRED, CLEARED = ("fixed by commit", (FIX,)), ("not classified", ())
PUSHED = {"pushed_at": at(-40), "started_at": at(-40), "revision": "c" * 40}


@pytest.fixture
def starred(ingest, source):
    """A job starred at hour -30, and an ingest at noon."""
    source.jobs.clear()
    source.hold(star(1, at=at(-30), **PUSHED), at(-30))
    ingest()
    return source


def test_a_star_cleared_in_bulk_is_taken_back_though_its_job_did_not_change(
    ingest, autoland, starred
):
    starred.hold(star(1, NOT_CLASSIFIED, at=at(-30), **PUSHED), at(-30))
    ingest(12)
    assert believed(autoland, at(12))["1"] == CLEARED
    assert believed(autoland, at(11))["1"] == STARRED, "what was believed then"


def test_a_star_that_was_cleared_in_bulk_and_set_again_counts_again(ingest, autoland, starred):
    starred.hold(star(1, NOT_CLASSIFIED, at=at(-30), **PUSHED), at(-30))
    ingest(12)
    starred.hold(star(1, fixed_by=(OTHER,), at=at(20), **PUSHED), at(20))
    ingest(24)
    assert [believed(autoland, at(hour))["1"] for hour in (0, 12, 19, 20, 24)] == [
        STARRED, CLEARED, CLEARED, ("fixed by commit", (OTHER,)), ("fixed by commit", (OTHER,))]


def test_when_the_newer_note_is_deleted_the_older_revision_holds_again(ingest, autoland, starred):
    starred.hold(star(1, fixed_by=(OTHER,), at=at(5), **PUSHED), at(5))
    ingest(12)
    starred.hold(star(1, at=at(-30), **PUSHED), at(20))  # the older note, on a job changed now
    ingest(24)
    assert [believed(autoland, at(hour))["1"] for hour in (0, 5, 19, 20)] == [
        STARRED, ("fixed by commit", (OTHER,)), ("fixed by commit", (OTHER,)), STARRED]


def test_when_the_note_that_said_intermittent_is_deleted_it_is_fixed_again(
    ingest, autoland, starred
):
    starred.hold(star(1, INTERMITTENT, at=at(5), **PUSHED), at(5))
    ingest(12)
    starred.hold(star(1, at=at(-30), **PUSHED), at(20))
    ingest(24)
    assert [believed(autoland, at(hour))["1"] for hour in (4, 5, 19, 20)] == [
        STARRED, ("intermittent", ()), ("intermittent", ()), STARRED]


def test_a_late_star_was_not_known_at_the_ingest_that_missed_it(ingest, autoland, source):
    source.jobs.clear()
    source.hold(job(1, result="testfailed", **PUSHED), at(-40))
    ingest()
    source.hold(star(1, at=at(-30), **PUSHED), at(-1))  # the source shows it only now
    ingest(12)
    assert "1" not in believed(autoland, at(11))
    assert believed(autoland, at(12))["1"] == STARRED


def test_only_jobs_that_are_fixed_by_a_commit_are_asked_for(ingest, source):
    source.jobs.clear()
    source.hold(star(1, at=at(-30), **PUSHED), at(-30))
    source.hold(star(2, INTERMITTENT, at=at(-30), **PUSHED), at(-30))
    source.hold(job(3, **PUSHED), at(-40))
    ingest()
    ingest(12)
    assert source.asked_again == [["1"], ["1"]]


def test_a_job_that_the_source_no_longer_has_stays_as_it_was(ingest, autoland, starred):
    starred.jobs.clear()
    ingest(6)
    assert believed(autoland, at(6))["1"] == STARRED


def test_an_ingest_that_could_not_ask_again_is_not_whole(ingest, autoland, starred):
    starred.cannot_ask_again = True
    report = ingest(6)
    assert not report.is_complete
    with autoland() as session:
        newest = runs(session, task="ingest")[0]
    assert newest.status == "failed"
    assert newest.error == ("whether the jobs fixed by a commit still are could not be asked: "
                            "no answer for jobs of autoland")
    assert mark(autoland).succeeded_at == at(0)
    starred.cannot_ask_again = False
    assert ingest(7).is_complete
