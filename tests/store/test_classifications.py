"""What is news in what a source says of a job."""

from datetime import timedelta

import pytest
from ingest_world import NOON

from seta.store.results.classifications import SourceClassification, new_classification_time


def said(word, hour=None, fixed_by=()):
    at = None if hour is None else NOON + timedelta(hours=hour)
    return SourceClassification(word, tuple(fixed_by), 0, at)


STAR, OTHER, NONE = "fixed by commit", "intermittent", "not classified"
HOUR = {hour: NOON + timedelta(hours=hour) for hour in range(-2, 9)}


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
