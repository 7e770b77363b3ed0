"""ActiveData's documents come late and twice, and change without a sign."""

from datetime import timedelta

import pytest
from ingest_world import add_projects, at, believed, mark
from loopback.documents import flat_row
from loopback.in_process import URL, http_to
from loopback.small_activedata import SmallActiveData

from seta.ingest import IngestLengths, ingest_project
from seta.sources.activedata import ActiveData

HOUR = timedelta(hours=1)
LENGTHS = IngestLengths(window=72 * HOUR, overlap=HOUR, slice_length=24 * HOUR)
FIX, OTHER = "9fa614d8310d", "b9222b391f89"
STARRED, CLEARED = ("fixed by commit", (FIX,)), ("not classified", ())


def failed_job(number, changed, *, extracted=1, fix=None, **fields):
    """The document of a job that failed at hour -40."""
    note = {} if fix is None else {
        "failure__notes__text": fix, "failure__notes__created": at(changed).timestamp(),
        "failure__notes__failure_classification": "fixed by commit"}
    return flat_row(
        number, "test-linux64/opt-mochitest-1", build__date=at(-40).timestamp(),
        action__start_time=at(-40).timestamp(), run__result="testfailed",
        failure__classification="not classified" if fix is None else "fixed by commit",
        last_modified=at(changed).timestamp(), etl__timestamp=extracted, **note, **fields)


@pytest.fixture
def documents():
    """What ActiveData holds; another job keeps it up to date."""
    return []


@pytest.fixture
def ingest(sessions, documents):
    with sessions.begin() as session:
        add_projects(session)

    def run(hour, newest_change=None):
        newest = failed_job(999, hour if newest_change is None else newest_change)
        script = SmallActiveData([*documents, newest])
        source = ActiveData(http_to(script), URL)
        return ingest_project(sessions, source, "autoland", now=at(hour), lengths=LENGTHS)
    return run


def test_a_star_cleared_in_bulk_is_taken_back_though_its_last_change_did_not_move(
    sessions, documents, ingest
):
    documents[:] = [failed_job(1, -30, fix=FIX)]
    ingest(0)
    documents[:] = [failed_job(1, -30, extracted=2)]
    ingest(12)
    assert [believed(sessions, at(hour))["1"] for hour in (0, 11, 12)] == [
        STARRED, STARRED, CLEARED]


def test_a_star_that_was_cleared_in_bulk_and_set_again_counts_again(sessions, documents, ingest):
    documents[:] = [failed_job(1, -30, fix=FIX)]
    ingest(0)
    documents[:] = [failed_job(1, -30, extracted=2)]
    ingest(12)
    documents[:] = [failed_job(1, 20, extracted=3, fix=OTHER)]
    ingest(24)
    assert [believed(sessions, at(hour))["1"] for hour in (0, 12, 19, 20)] == [
        STARRED, CLEARED, CLEARED, ("fixed by commit", (OTHER,))]


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_documents_of_one_change_the_one_extracted_last_holds(
    sessions, documents, ingest, order
):
    documents[:] = [failed_job(1, -30, fix=FIX)]
    ingest(0)
    documents[:] = [failed_job(1, -30, fix=FIX), failed_job(1, -30, extracted=2)][::order]
    ingest(12)
    assert believed(sessions, at(12))["1"] == CLEARED


def test_what_is_extracted_hours_after_its_change_is_not_lost(sessions, documents, ingest):
    """More hours than an ingest overlaps with the one before."""
    ingest(0, newest_change=-9)
    documents[:] = [failed_job(1, -8, fix=FIX)]
    ingest(12, newest_change=4)
    assert believed(sessions, at(12))["1"] == STARRED
    documents.append(failed_job(2, 5, fix=OTHER))
    ingest(24)
    assert believed(sessions, at(24))["2"] == ("fixed by commit", (OTHER,))
    assert mark(sessions).reached_at == at(24)
