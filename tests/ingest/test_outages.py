"""One bad slice, or all of the source down."""

import pytest
from ingest_world import NOON, LENGTHS, add_projects, at, job, mark, rows
from ingest_world.sources import three_days
from sqlalchemy.orm import sessionmaker

from seta.errors import SourceError
from seta.ingest import ingest_project, ingest_span
from seta.store.engine import make_engine
from seta.store.operation import runs
from seta.store.operation.alarms import open_alarms
from seta.store.operation.watermarks import failed_slices

pytestmark = pytest.mark.slow


def failed(sessions):
    with sessions() as session:
        return [(each.by, each.start, each.failures, each.is_set_aside)
                for each in failed_slices(session)]


def alarms(sessions):
    with sessions() as session:
        return {alarm.subject: alarm.message for alarm in open_alarms(session)}


def last_run(sessions):
    with sessions() as session:
        return runs.runs(session)[0]


@pytest.fixture(scope="module")
def first_fill(make_database, template):
    """A connection in whose transaction the first fill is in; a test's work is taken back."""
    engine = make_engine(make_database(template))
    with engine.connect() as connection:
        connection.begin()
        with sessions_in(connection).begin() as session:
            add_projects(session, "autoland", "mozilla-inbound")
        ingest_project(sessions_in(connection), three_days(), "autoland", now=NOON,
                       lengths=LENGTHS)
        yield connection
    engine.dispose()


def sessions_in(connection) -> sessionmaker:
    return sessionmaker(connection, join_transaction_mode="create_savepoint",
                        expire_on_commit=False)


@pytest.fixture
def filled(first_fill, source):
    """The first fill is in, and two jobs an hour came after it."""
    for hour in range(96):
        source.hold(job(1000 + hour, pushed_at=at(hour), started_at=at(hour)))
    transaction = first_fill.begin_nested()
    yield sessions_in(first_fill)
    transaction.rollback()


@pytest.fixture
def ingest_more(filled, source):
    """Run an ingest this many hours after the first fill."""
    def run(hours):
        return ingest_project(filled, source, "autoland", now=at(hours), lengths=LENGTHS)
    return run


# All of it down

def test_a_source_that_is_down_is_a_failed_run_not_an_empty_one(ingest_more, filled, source):
    """R25: an outage does not mean that nothing failed; R63: and it is visible."""
    source.is_down = True
    with pytest.raises(SourceError, match="no answer for autoland by modified"):
        ingest_more(12)
    run = last_run(filled)
    assert (run.status, run.counts["done"]) == ("failed", 0)
    assert "no answer" in run.error
    assert "activedata is down" in alarms(filled)["ingest autoland"]
    assert (mark(filled).reached_at, mark(filled).succeeded_at) == (NOON, NOON)


def test_an_outage_sets_nothing_aside_however_long_it_is(ingest_more, filled, source):
    source.is_down = True
    for hours in (12, 20, 28, 36):
        with pytest.raises(SourceError):
            ingest_more(hours)
    assert failed(filled) == []
    source.is_down = False
    assert ingest_more(44).is_complete
    assert mark(filled).reached_at == at(44)
    assert alarms(filled) == {}
    with filled() as session:
        jobs = {row[1] for row in rows(session, "job_results")}
    assert {str(1000 + hour) for hour in range(43)} <= jobs


def test_a_source_that_is_down_is_not_asked_for_every_slice(ingest_more, filled, source):
    source.is_down = True
    with pytest.raises(SourceError):
        ingest_more(96)
    assert len(source.requests) == 4  # three slices, and a probe


def test_a_source_that_goes_down_in_the_middle_is_taken_up_there(ingest_more, filled, source):
    source.goes_down_after = 5
    with pytest.raises(SourceError):
        ingest_more(40)
    assert mark(filled).reached_at == at(19)
    assert failed(filled) == []
    source.is_down, source.goes_down_after = False, None
    source.requests.clear()
    assert ingest_more(40).is_complete
    assert source.requests[0].start == at(18)


def test_a_first_fill_that_meets_an_outage_begins_at_all_later(ingest, autoland, source):
    source.is_down = True
    with pytest.raises(SourceError):
        ingest()
    assert mark(autoland).reached_at is None
    source.is_down = False
    assert ingest(1).is_complete


# One slice

def test_a_bad_slice_is_recorded_while_the_others_go_on(ingest_more, filled, source):
    source.bad = {at(5)}
    report = ingest_more(12)
    assert (report.done, report.missing, report.is_complete) == (3, 1, False)
    assert failed(filled) == [("modified", at(3), 1, False)]
    assert mark(filled).reached_at == at(3)
    assert mark(filled).succeeded_at == NOON
    assert last_run(filled).status == "failed"
    assert "1 slice is missing" in last_run(filled).error
    with filled() as session:
        jobs = {row[1] for row in rows(session, "job_results")}
    assert "1002" in jobs and "1005" not in jobs and "1008" in jobs


def test_the_next_run_takes_it_up_and_the_watermark_follows(ingest_more, filled, source):
    source.bad = {at(5)}
    ingest_more(12)
    source.bad.clear()
    source.requests.clear()
    assert ingest_more(24).is_complete
    assert (source.requests[0].start, source.requests[0].end) == (at(3), at(7))
    assert source.requests[1].start == at(11)
    assert failed(filled) == []
    assert mark(filled).reached_at == at(24)
    with filled() as session:
        assert {"1005"} <= {row[1] for row in rows(session, "job_results")}


def test_after_three_runs_it_is_set_aside_with_an_alarm(ingest_more, filled, source):
    source.bad = {at(5)}
    ingest_more(12)
    ingest_more(24)
    assert mark(filled).reached_at == at(3)
    assert alarms(filled) == {}
    report = ingest_more(36)
    assert report.is_complete and len(report.set_aside) == 1
    assert failed(filled) == [("modified", at(3), 3, True)]
    assert "autoland by modified 2026-03-01T15:00:00Z" in alarms(filled)[
        "ingest autoland: set aside"]
    assert (mark(filled).reached_at, mark(filled).succeeded_at) == (at(36), at(36))
    source.requests.clear()
    ingest_more(48)
    assert at(3) not in [slice_.start for slice_ in source.requests]
    assert "ingest autoland: set aside" in alarms(filled)


def test_what_was_set_aside_can_be_had_by_hand(ingest_more, filled, source):
    source.bad = {at(5)}
    for hours in (12, 24, 36):
        ingest_more(hours)
    source.bad.clear()
    report = ingest_span(filled, source, "autoland", start=at(4), end=at(6), now=at(40),
                         lengths=LENGTHS)
    assert report.is_complete
    assert failed(filled) == [] and alarms(filled) == {}
    assert mark(filled).reached_at == at(36)


def test_a_span_by_hand_that_cannot_be_had_says_so(ingest_more, filled, source):
    source.bad = {at(5)}
    report = ingest_span(filled, source, "autoland", start=at(0), end=at(12), now=at(40),
                         lengths=LENGTHS)
    assert not report.is_complete
    assert last_run(filled).status == "failed"
    assert mark(filled).reached_at == NOON


@pytest.mark.parametrize("bad", [
    pytest.param([0], id="the first"),
    pytest.param([0, 4, 8], id="the first three"),
    pytest.param([0, 4, 8, 12], id="four in a row"),
    pytest.param([9, 12, 16], id="in the middle"),
    pytest.param([44, 47], id="the last"),
    pytest.param(list(range(0, 40, 4)), id="most of them"),
])
def test_bad_slices_are_told_from_an_outage_wherever_they_are(ingest_more, filled, source, bad):
    source.bad = {at(hours) for hours in bad}
    report = ingest_more(48)
    assert len(report.failed) == report.missing == len(failed(filled)) > 0
    assert report.done == report.slices - report.missing
    source.bad.clear()
    assert ingest_more(49).is_complete
    with filled() as session:
        jobs = {row[1] for row in rows(session, "job_results")}
    assert {str(1000 + hour) for hour in range(48)} <= jobs


def test_a_bad_slice_of_the_first_fill_is_taken_up_too(ingest, autoland, source):
    source.bad = {at(-30)}
    report = ingest()
    assert failed(autoland) == [("push", at(-32), 1, False)]
    assert mark(autoland).reached_at == at(-32)
    assert not report.is_complete and mark(autoland).succeeded_at is None
    source.bad.clear()
    assert ingest(12).is_complete
    assert mark(autoland).reached_at == at(12)
    with autoland() as session:
        assert len(rows(session, "job_results")) == 96


def test_what_came_before_an_answer_broke_off_is_kept_and_not_taken_for_all(
        ingest_more, filled, source):
    source.batch, source.breaks_off = 1, at(5)
    report = ingest_more(12)
    assert failed(filled) == [("modified", at(3), 1, False)]
    assert (report.done, mark(filled).reached_at) == (3, at(3))
    with filled() as session:
        jobs = {row[1] for row in rows(session, "job_results")}
    assert "1003" in jobs and "1004" not in jobs
