"""Which pushes may have caused a failure, and where to run the job to find out."""

import pytest

from seta.errors import NotFound
from seta.ledger import backfill
from seta.ledger.backfill import bisection, expected_runs

JOB = "test-linux64/opt-low-1"


def blame(ci, push_id, job=JOB):
    found = backfill(ci.session, "autoland", "taskcluster", push_id, job)
    return found, [push.push_id for push in found.suspects], [run.push_id for run in found.runs]


def add_history(ci, results, history):
    """One push a character: P passed, F failed, . did not run."""
    for number, what in enumerate(history):
        ci.ask(str(number), number)
        if what != ".":
            results.add(JOB, ci.push(str(number), number),
                        "success" if what == "P" else "testfailed")


@pytest.mark.parametrize("history, suspects, runs", [
    pytest.param("P...F", "1234", "213", id="three did not run"),
    pytest.param("PF", "1", "", id="no gap: nothing to run"),
    pytest.param("P..F.F", "123", "21", id="it failed before already"),
    pytest.param("P.F.PF", "5", "", id="it passed in between"),
    pytest.param("PP......F", "2345678", "537246", id="bisection order"),
])
def test_the_range_is_what_the_ledger_knows(ci, results, history, suspects, runs):
    """R78, R79: since the last pass, no constant; a gap of none gives no run."""
    add_history(ci, results, history)
    found, names, to_run = blame(ci, str(len(history) - 1))
    assert "".join(names) == suspects
    assert "".join(to_run) == runs
    assert found.last_pass.push_id == str(int(suspects[0]) - 1) and not found.is_assumed


def test_without_results_the_last_run_of_the_ledger_is_held_to_be_a_pass(ci, results):
    for number in range(4):
        ci.ask(str(number), number)
    found, names, to_run = blame(ci, "3")
    assert (names, found.last_pass.push_id, found.is_assumed) == (["1", "2", "3"], "0", True)


def test_a_job_that_never_passed_has_no_last_pass(ci, results):
    add_history(ci, results, "F..F")
    found, names, _ = blame(ci, "3")
    assert found.last_pass is None and names == ["0"]


def test_the_expected_machine_time_is_that_of_the_runs_it_takes(ci, results):
    add_history(ci, results, "P...F")
    found, *_ = blame(ci, "4")
    assert (found.run_ms, found.expected_runs, found.expected_seconds) == (60_000, 2.0, 120.0)


def test_an_unknown_job_is_not_found(ci, results):
    ci.ask("1", 0)
    with pytest.raises(NotFound, match="no job 'none'"):
        blame(ci, "1", "none")


@pytest.mark.parametrize("count", range(20))
def test_a_bisection_runs_each_once_and_halves(count):
    order = bisection(range(count))
    assert sorted(order) == list(range(count))
    assert not order or abs(order[0] - count / 2) <= 1
    assert expected_runs(count + 1) <= len(order)
