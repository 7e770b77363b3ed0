"""A slice that makes no sense cannot be made."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from seta.sources import Slice

START = datetime(2018, 10, 11, tzinfo=UTC)


@pytest.mark.parametrize(("by", "start", "end", "reason"), [
    pytest.param("note", START, START + timedelta(1), "not by 'note'", id="another way"),
    pytest.param("push", START, START, "ends after it starts", id="no time at all"),
    pytest.param("push", START, START - timedelta(1), "ends after it starts", id="backwards"),
    pytest.param("push", datetime(2018, 10, 11), START, "aware", id="naive"),
])
def test_a_slice_that_makes_no_sense_is_refused(by, start, end, reason):
    with pytest.raises(ValueError, match=reason):
        Slice("autoland", by, start, end)


def test_a_slice_says_what_it_is_in_utc():
    paris = timezone(timedelta(hours=2))
    start = datetime(2018, 10, 11, 2, tzinfo=paris)
    piece = Slice("autoland", "push", start, START.replace(hour=4))
    assert str(piece) == "autoland by push 2018-10-11T00:00:00Z to 2018-10-11T04:00:00Z"
