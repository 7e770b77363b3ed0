"""One caller works for all that wait, and each gets what comes of its own item."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from seta.errors import Conflict, StoreError
from seta.store.together import MOST_AT_ONCE, Together


class Work:
    """Doubles numbers; the first call waits until it may go on."""

    def __init__(self):
        self.calls = []
        self.began, self.go_on = threading.Event(), threading.Event()

    def __call__(self, items):
        self.calls.append(list(items))
        self.began.set()
        assert self.go_on.wait(30)
        return [Conflict(f"{item} is odd") if item % 2 else item * 2 for item in items]


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def pool():
    with ThreadPoolExecutor(60) as pool:
        yield pool


def begin(pool, together, work, items):
    """Let one caller work, and the others wait; return what they will get."""
    found = [pool.submit(together.do, "ledger", items[0])]
    assert work.began.wait(30)
    state = together._things["ledger"]
    found += [pool.submit(together.do, "ledger", item) for item in items[1:]]
    while len(state.waiting) < len(items) - 1:
        pass
    return found


def test_those_that_wait_are_worked_on_at_once(work, pool):
    together = Together(work, refusal="busy", still=30, patience=30)
    waiting = begin(pool, together, work, [0, 2, 4, 6])
    work.go_on.set()
    assert [each.result() for each in waiting] == [0, 4, 8, 12]
    assert [sorted(call) for call in work.calls] == [[0], [2, 4, 6]]


def test_an_item_has_an_error_of_its_own(work, pool):
    together = Together(work, refusal="busy", still=30, patience=30)
    good, bad, other = begin(pool, together, work, [0, 1, 2])
    work.go_on.set()
    assert (good.result(), other.result()) == (0, 4)
    with pytest.raises(Conflict, match="1 is odd"):
        bad.result()


def test_what_ends_the_work_ends_it_for_all_and_the_next_are_worked_on(pool):
    answers = iter([ZeroDivisionError, None])

    def work(items):
        error = next(answers)
        if error:
            raise error
        return items

    together = Together(work, refusal="busy")
    with pytest.raises(ZeroDivisionError):
        together.do("ledger", 1)
    assert together.do("ledger", 2) == 2


def test_nobody_waits_while_nothing_moves_and_what_is_not_begun_is_withdrawn(work, pool):
    together = Together(work, refusal="busy", still=0.05)
    first, *others = begin(pool, together, work, [0, 2, 4])
    for each in others:
        with pytest.raises(StoreError, match="busy"):
            each.result()
    work.go_on.set()
    assert first.result() == 0 and work.calls == [[0]]
    assert together.do("ledger", 6) == 12


def test_two_things_do_not_wait_for_each_other(work, pool):
    together = Together(work, refusal="busy", still=30, patience=30)
    waiting = begin(pool, together, work, [0])
    other = pool.submit(together.do, "another", 8)
    while len(work.calls) < 2:
        pass
    work.go_on.set()
    assert (waiting[0].result(), other.result()) == (0, 16)


def test_so_many_at_once_and_the_rest_afterwards(work, pool):
    together = Together(work, refusal="busy", still=30, patience=30)
    items = list(range(0, 2 * MOST_AT_ONCE + 10, 2))
    waiting = begin(pool, together, work, items)
    work.go_on.set()
    assert [each.result() for each in waiting] == [item * 2 for item in items]
    assert max(map(len, work.calls)) <= MOST_AT_ONCE
