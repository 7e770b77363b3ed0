from datetime import UTC, datetime, timedelta

import pytest

from seta.names import Note, newest_fixed_by_commit

FIXED = "fixed by commit"
DAY = datetime(2018, 10, 11, tzinfo=UTC)


def note(text, classification=FIXED, hours=0):
    return Note(text, classification, None if hours is None else DAY + timedelta(hours=hours))


CASES = [
    pytest.param([], None, id="none"),
    pytest.param([note("a")], "a", id="one"),
    pytest.param([note("a"), note("a")], "a", id="the same twice"),
    pytest.param([note("a", hours=1), note("b", hours=2)], "b", id="newest last"),
    pytest.param([note("b", hours=2), note("a", hours=1)], "b", id="newest first"),
    pytest.param([note("a"), note("b")], "b", id="of one moment the later in the list"),
    pytest.param([note("a"), note("b", "intermittent", hours=9)], "a", id="newer, but another"),
    pytest.param([note("a", "intermittent"), note("b", None)], None, id="no such classification"),
    pytest.param([note("a", hours=None), note("b", hours=None)], "b", id="no times"),
    pytest.param([note("a"), note("b", hours=None)], "a", id="a given time is the newer"),
    pytest.param([note("a"), note(None, hours=1)], None, id="the newest has no text"),
]


@pytest.mark.parametrize(("notes", "text"), CASES)
def test_the_newest_fixed_by_commit_counts(notes, text):
    """R48: only that classification."""
    found = newest_fixed_by_commit(iter(notes))
    assert (found and found.text) == text


def test_the_whole_note_comes_back():
    assert newest_fixed_by_commit([note("a", hours=3)]) == note("a", hours=3)
