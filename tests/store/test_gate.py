"""Who waits at a gate, and who is turned away."""

import threading
import time

import pytest

from seta.errors import StoreError
from seta.store.gate import Gate


def is_let_in(gate):
    try:
        gate.enter()
    except StoreError:
        return False
    return True


def test_as_many_as_fit_go_in_and_the_next_is_turned_away_when_nobody_leaves():
    gate = Gate(2, refusal="full", still=0.01)
    assert [is_let_in(gate) for _ in range(3)] == [True, True, False]
    with pytest.raises(StoreError, match="full"):
        gate.enter()
    gate.leave()
    assert is_let_in(gate)


def test_a_queue_that_moves_is_waited_for():
    gate = Gate(1, refusal="full", still=30, patience=30)
    inside = []

    def work():
        gate.enter()
        inside.append(1)
        time.sleep(0.01)
        gate.leave()

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(inside) == 20


def test_after_a_failure_one_at_a_time_tries_until_one_succeeds():
    gate = Gate(3, refusal="full", still=30, patience=30)
    gate.enter()
    gate.leave(has_failed=True)
    assert [is_let_in(gate) for _ in range(2)] == [True, False]  # at once: nobody waits
    gate.leave(has_failed=True)
    assert [is_let_in(gate) for _ in range(2)] == [True, False]
    gate.leave()
    assert [is_let_in(gate) for _ in range(3)] == [True, True, True]
