"""What is news in what a source says of a job."""

from datetime import timedelta

import pytest
from ingest_world import NOON

from seta.store.results.news import (
    Asked, SourceClassification, new_classification_time, time_of_news,
)


def said(word, hour=None, fixed_by=()):
    at = None if hour is None else NOON + timedelta(hours=hour)
    return SourceClassification(word, tuple(fixed_by), 0, at)


STAR, OTHER, NONE = "fixed by commit", "intermittent", "not classified"
HOUR = {hour: NOON + timedelta(hours=hour) for hour in range(-2, 10)}


@pytest.mark.parametrize("known, told, expected", [
    pytest.param([], said(STAR, 3), HOUR[3], id="the first word"),
    pytest.param([], said(STAR), NOON, id="the first word, without a time"),
    pytest.param([], said(NONE, 3), None, id="nothing was said"),
    pytest.param([], said(NONE), None, id="nothing was said, without a time"),
    pytest.param([said(STAR, 1)], said(STAR, 1), None, id="the same"),
    pytest.param([said(STAR, 1)], said(STAR, 3), None, id="the same, later"),
    pytest.param([said(STAR, 1)], said(STAR), None, id="the same, without a time"),
    pytest.param([said(STAR, 1)], said(STAR, 1, "a"), HOUR[1], id="another fix, same time"),
    pytest.param([said(STAR, 1)], said(OTHER, 3), HOUR[3], id="another word"),
    pytest.param([said(STAR, 1)], said(OTHER), HOUR[1], id="another word, without a time"),
    pytest.param([said(STAR, 1)], said(NONE, 3), HOUR[3], id="taken back"),
    pytest.param([said(STAR, 1)], said(NONE), HOUR[1], id="taken back, without a time"),
    pytest.param([said(STAR, 1)], said(NONE, -1), None, id="older, when nothing was said"),
    pytest.param([said(STAR, 1)], said(OTHER, -1), HOUR[-1], id="an older word"),
    pytest.param([said(STAR, 1), said(OTHER, 3)], said(STAR, 2), None, id="repeats the older"),
    pytest.param([said(STAR, 1), said(OTHER, 3)], said(OTHER, 2), HOUR[2], id="said before"),
    pytest.param([said(STAR, 1), said(OTHER, 3)], said(STAR, 4), HOUR[4], id="said again"),
    pytest.param([said(STAR, 1), said(OTHER, 1)], said(STAR, 1), None,
                 id="two words of one time, again"),
    pytest.param([said(OTHER, -2)], said(STAR), NOON, id="never before the push"),
])
def test_what_is_news_and_since_when(known, told, expected):
    """R49."""
    assert new_classification_time(known, told, NOON) == expected


def seen(word, hour, modified, fixed_by=()):
    return SourceClassification(word, tuple(fixed_by), 0, HOUR[hour], HOUR[modified])


ASKED = Asked(HOUR[8], HOUR[4])               # now at 8, before that at 4
FIRST_LOOK = Asked(HOUR[8], HOUR[4], is_first_look=True)


@pytest.mark.parametrize("known, told, asked, expected", [
    pytest.param([], seen(NONE, 5, 5), ASKED, None, id="nothing was ever said"),
    pytest.param([], seen(STAR, 5, 6), ASKED, HOUR[5], id="a new star counts from its note"),
    pytest.param([], seen(STAR, 3, 6), ASKED, HOUR[6],
                 id="a star that could have been seen before counts from the job's change"),
    pytest.param([], seen(STAR, 3, 3), ASKED, HOUR[8],
                 id="a star that came late counts from the moment of asking"),
    pytest.param([], seen(STAR, 1, 3), FIRST_LOOK, HOUR[1],
                 id="at the first look a star counts from its note"),
    pytest.param([], seen(STAR, 1, 3), Asked(HOUR[8]), HOUR[1], id="never asked before"),
    pytest.param([seen(STAR, 1, 1)], seen(STAR, 1, 6), ASKED, None, id="changed, and the same"),
    pytest.param([seen(STAR, 1, 1)], seen(OTHER, 6, 6), ASKED, HOUR[6], id="classified anew"),
    pytest.param([seen(STAR, 0, 0, "a"), seen(STAR, 2, 2, "b")], seen(STAR, 0, 6, "a"), ASKED,
                 HOUR[6], id="the newer of two notes is deleted"),
    pytest.param([seen(STAR, 0, 0), seen(OTHER, 2, 2)], seen(STAR, 0, 6), ASKED, HOUR[6],
                 id="the note that called it intermittent is deleted"),
    pytest.param([seen(STAR, 1, 1)], seen(NONE, 1, 1), ASKED, HOUR[8], id="cleared in bulk"),
    pytest.param([seen(STAR, 1, 2)], seen(NONE, 2, 2), ASKED, HOUR[8],
                 id="cleared in bulk, and changed after its note"),
    pytest.param([seen(STAR, 1, 3)], seen(NONE, 2, 2), ASKED, None,
                 id="an answer of an earlier state"),
    pytest.param([said(STAR, 1)], seen(NONE, 1, 1), ASKED, HOUR[8],
                 id="known without a last change"),
    pytest.param([seen(STAR, 9, 3)], seen(NONE, 5, 5), ASKED, HOUR[9],
                 id="never before what it replaces, whatever a clock says"),
])
def test_the_present_state_counts_from_when_it_was_seen(known, told, asked, expected):
    assert time_of_news(known, told, asked) == expected
