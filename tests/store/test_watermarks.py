"""How far a source is in, and what could not be had."""

from datetime import timedelta

import pytest
from ingest_world import NOON, add_projects
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from seta.store.operation import watermarks
from seta.store.operation.watermarks import Watermark

AUTOLAND = {"source": "activedata", "project": "autoland"}


def at(hours):
    return NOON + timedelta(hours=hours)


def span(start, end, by="modified"):
    return {"by": by, "start": at(start), "end": at(end)}


@pytest.fixture
def autoland(session):
    add_projects(session, "autoland", "mozilla-inbound")
    return session


@pytest.fixture
def filled(autoland):
    """The first fill, of a day, is in."""
    watermarks.start_fill(autoland, **AUTOLAND, start=at(-24), end=NOON)
    watermarks.move_fill(autoland, **AUTOLAND, to=NOON)
    return autoland


def mark(session, **which):
    return watermarks.watermark(session, **AUTOLAND | which)


def fail(session, start, end, by="modified", times=1):
    for _ in range(times):
        failed = watermarks.record_failed_slice(
            session, **AUTOLAND, **span(start, end, by), error="no", now=NOON)
    return failed


def test_a_source_that_was_never_asked_has_no_watermark(autoland):
    assert mark(autoland) == Watermark()


def test_the_watermark_begins_where_the_first_fill_did(autoland):
    watermarks.start_fill(autoland, **AUTOLAND, start=at(-24), end=NOON)
    watermarks.move_fill(autoland, **AUTOLAND, to=at(-12))
    assert not mark(autoland).is_filled
    assert (mark(autoland).reached_at, mark(autoland).filled_to) == (None, at(-12))
    watermarks.start_fill(autoland, **AUTOLAND, start=at(-20), end=at(4))  # goes on as it was
    watermarks.move_fill(autoland, **AUTOLAND, to=NOON)
    assert mark(autoland).is_filled
    assert mark(autoland).reached_at == NOON


def test_projects_have_watermarks_of_their_own(filled):
    assert mark(filled, project="mozilla-inbound") == Watermark()
    assert mark(filled, source="treeherder") == Watermark()


def test_the_watermark_never_passes_a_failed_slice(filled):
    fail(filled, 4, 8)
    watermarks.move_stream(filled, **AUTOLAND, to=at(12))
    assert (mark(filled).reached_at, mark(filled).asked_to) == (at(4), at(12))
    watermarks.move_stream(filled, **AUTOLAND, to=at(16))
    assert (mark(filled).reached_at, mark(filled).asked_to) == (at(4), at(16))


def test_the_watermark_follows_when_the_slice_is_had(filled):
    fail(filled, 4, 8)
    fail(filled, 8, 12)
    watermarks.move_stream(filled, **AUTOLAND, to=at(12))
    watermarks.forget_failed_slice(filled, **AUTOLAND, **span(4, 8))
    assert mark(filled).reached_at == at(8)
    watermarks.forget_failed_slice(filled, **AUTOLAND, **span(8, 12))
    assert mark(filled).reached_at == at(12)


def test_a_slice_that_was_set_aside_holds_nothing_back(filled):
    assert not fail(filled, 4, 8, times=2).is_set_aside
    watermarks.move_stream(filled, **AUTOLAND, to=at(12))
    assert fail(filled, 4, 8).is_set_aside
    assert mark(filled).reached_at == at(12)
    assert [each.failures for each in watermarks.failed_slices(filled)] == [3]


def test_a_slice_of_the_first_fill_holds_the_watermark_too(autoland):
    watermarks.start_fill(autoland, **AUTOLAND, start=at(-24), end=NOON)
    fail(autoland, -20, -16, by="push")
    watermarks.move_fill(autoland, **AUTOLAND, to=NOON)
    assert mark(autoland).reached_at == at(-20)


def test_the_overlap_never_moves_the_watermark_back(filled):
    fail(filled, -1, 3)
    watermarks.move_stream(filled, **AUTOLAND, to=at(3))
    assert mark(filled).reached_at == NOON


def test_a_larger_slice_that_was_had_covers_the_failed_ones_in_it(filled):
    fail(filled, 4, 8)
    fail(filled, 4, 8, by="push")
    watermarks.forget_failed_slice(filled, **AUTOLAND, **span(0, 12))
    assert [each.by for each in watermarks.failed_slices(filled, **AUTOLAND)] == ["push"]


def test_a_success_is_noted_and_never_an_older_one(filled):
    watermarks.record_success(filled, **AUTOLAND, now=at(2))
    watermarks.record_success(filled, **AUTOLAND, now=at(1.9))
    assert mark(filled).succeeded_at == at(2)


def test_a_success_ahead_of_the_clock_ends_with_the_next_one(filled):
    watermarks.record_success(filled, **AUTOLAND, now=at(2))
    watermarks.record_success(filled, **AUTOLAND, now=at(1))
    assert mark(filled).succeeded_at == at(1)


@pytest.mark.parametrize("statement, constraint", [
    pytest.param("UPDATE watermarks SET reached_at = NULL, fill_until = NULL, filled_to = NULL",
                 "ck_watermarks_known", id="nothing known"),
    pytest.param("UPDATE watermarks SET filled_to = NULL", "ck_watermarks_fill", id="half a fill"),
    pytest.param("UPDATE failed_slices SET ends_at = starts_at", "ck_failed_slices_span",
                 id="no span"),
    pytest.param("UPDATE failed_slices SET failures = 0", "ck_failed_slices_failures",
                 id="never failed"),
    pytest.param("UPDATE failed_slices SET by = 'job'", "ck_failed_slices_by", id="by a job"),
])
def test_what_makes_no_sense_cannot_be_stored(filled, statement, constraint):
    fail(filled, 4, 8)
    with pytest.raises(IntegrityError, match=constraint):
        filled.execute(text(statement))
