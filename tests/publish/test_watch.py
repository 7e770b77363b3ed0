"""A value that is kept fresh in the background."""

import threading

import pytest

from seta.errors import StoreError
from seta.publish.serving.state import Watch


def test_a_value_is_loaded_once_while_it_is_fresh():
    loads = []
    watch = Watch(lambda before: loads.append(before) or len(loads), every=1000, patience=30)
    assert [watch.value() for _ in range(3)] == [1, 1, 1]
    assert loads == [None]


def test_a_load_is_given_the_value_before():
    watch = Watch(lambda before: (before or 0) + 1, every=0, patience=30)
    assert [watch.value() for _ in range(3)] == [1, 2, 3]


def test_after_a_failure_the_last_value_is_served_on(caplog):
    answers = iter([1, OSError("gone"), ValueError("garbled"), 4])

    def load(before):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    watch = Watch(load, every=0, patience=30)
    assert [watch.value() for _ in range(4)] == [1, 1, 1, 4]
    assert caplog.messages == [  # once, not at every try
        "cannot load what is published; the last known stays: gone"]


def test_nobody_waits_for_a_load_that_hangs():
    """R63: a request is answered with what is there."""
    may_end, has_begun = threading.Event(), threading.Event()

    def load(before):
        if before is not None:
            has_begun.set()
            may_end.wait(30)
        return (before or 0) + 1

    watch = Watch(load, every=0, patience=0.01)
    while True:  # the first load may take longer than anybody's patience
        try:
            assert watch.value() == 1
            break
        except StoreError:
            pass
    assert watch.value() == 1
    assert has_begun.wait(30)
    assert [watch.value() for _ in range(5)] == [1] * 5
    may_end.set()


def test_one_load_serves_all_who_ask_at_once():
    loads, begun = [], threading.Barrier(8)

    def load(before):
        loads.append(before)
        return len(loads)

    watch = Watch(load, every=1000, patience=30)

    def read():
        begun.wait()
        watch.value()

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert loads == [None]


def test_without_any_value_that_is_said():
    def load(before):
        raise OSError("gone")

    with pytest.raises(StoreError, match="the database does not answer"):
        Watch(load, every=0, patience=30).value()
