"""Batches, and the thread that reads ahead."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seta.errors import BadInput
from seta.ingest.files import batched, read_ahead


def until_error(*items, error=BadInput("line 4 is bad")):
    yield from items
    raise error


@given(st.lists(st.integers()), st.integers(1, 7))
def test_batches_hold_all_items_in_order(items, size):
    batches = list(batched(items, size))
    assert [item for batch in batches for item in batch] == items
    assert all(len(batch) == size for batch in batches[:-1])
    assert all(batches)


@given(st.lists(st.integers(), max_size=20), st.integers(1, 4))
@settings(deadline=None)
def test_what_is_read_ahead_is_the_same(items, ahead):
    assert list(read_ahead(iter(items), ahead)) == items


def test_what_came_before_an_error_of_ours_comes_before_it():
    found = []
    with pytest.raises(BadInput, match="line 4"):
        for batch in read_ahead(batched(until_error(1, 2, 3), 2)):
            found.append(batch)
    assert found == [[1, 2], [3]]


def test_any_error_of_the_items_is_raised_where_they_are_used():
    with pytest.raises(ZeroDivisionError):
        list(read_ahead(1 // number for number in (1, 0)))


def test_the_thread_ends_when_the_items_are_no_longer_wanted():
    endless = read_ahead(iter(int, 1))
    assert next(endless) == 0
    endless.close()
    assert "read-ahead" not in [thread.name for thread in threading.enumerate()]


def test_no_more_is_read_than_is_wanted_ahead():
    made = []
    items = read_ahead((made.append(number) for number in range(100)), ahead=2)
    next(items)
    assert len(made) <= 5
    items.close()
