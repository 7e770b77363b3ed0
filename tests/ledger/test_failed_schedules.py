"""Runs that were answered and never happened."""

from datetime import timedelta

import pytest

from seta.errors import NotFound
from seta.ledger import schedule_failed

SECOND = ["test-linux64/opt-low-1", "test-linux64/opt-low-2"]


def fail(ci, push_id, minutes=0, why="the decision task failed"):
    return schedule_failed(ci.session, ci.project.name, ci.build_system, push_id, why=why,
                           now=ci.at(minutes))


def test_a_full_run_that_failed_is_owed_at_once(ci):
    """R13: the clock is reset only when the full run was really scheduled."""
    ci.ask("1", 0)
    fail(ci, "1")
    assert ci.ask("2", 1)["kind"] == "full"
    assert ci.ask("3", 2)["kind"] == "selective"


def test_a_priority_that_failed_is_owed_since_its_last_good_run(ci):
    for number in range(1, 6):
        ci.ask(str(number), number)
    assert ci.ask("6", 6)["priorities"]["2"]["due"]
    fail(ci, "6", 7)
    seventh = ci.ask("7", 7)
    assert seventh["priorities"]["2"]["due"] and seventh["kind"] == "selective"


def test_reported_twice_the_first_report_counts(ci):
    ci.ask("1", 0)
    first, is_new = fail(ci, "1", 1, "first")
    assert is_new and first.failed_why == "first"
    again, is_new = fail(ci, "1", 2, "second")
    assert not is_new and again == first


def test_a_failed_push_keeps_its_answer(ci):
    packed = ci.raw("1", 0).packed
    fail(ci, "1")
    assert ci.raw("1", 0).packed == packed


def test_a_push_that_the_ledger_does_not_know_cannot_fail(ci):
    with pytest.raises(NotFound, match="no push '9'"):
        fail(ci, "9")


@pytest.mark.parametrize("minutes, kind", [
    pytest.param(12 * 60, "selective", id="exactly the span: not yet"),
    pytest.param(12 * 60 + 1, "full", id="a minute past the span"),
])
def test_a_run_of_which_no_result_came_is_owed(ci, results, minutes, kind):
    """R13: once results of twelve hours later are in and its own never came."""
    ci.ask("1", 0)
    ci.ask("2", 1)
    results.reached(ci.at(minutes))
    assert ci.ask("3", 2)["kind"] == kind


def test_without_a_source_nothing_is_inferred(ci):
    ci.ask("1", 0)
    assert ci.ask("2", 1)["kind"] == "selective"


def test_a_run_whose_results_came_is_not_owed(ci, results):
    ci.ask("1", 0)
    for name in (*SECOND, "test-linux64/opt-low-rare"):
        results.add(name, ci.push("1", 0))
    results.reached(ci.at(0) + timedelta(days=3))
    assert ci.ask("2", 1)["kind"] == "selective"


def test_a_priority_none_of_whose_jobs_came_is_owed(ci, results):
    """R13: the builds broke, so that no test of the full run started."""
    ci.ask("1", 0)
    results.add("build-linux64/opt", ci.push("1", 0), "busted")
    results.add("test-linux64/opt-low-rare", ci.push("1", 0))
    results.reached(ci.at(0) + timedelta(days=3))
    answer = ci.ask("2", 1)
    assert answer["kind"] == "full" and "backstop is due" in answer["reasons"][2]


def test_results_of_another_push_do_not_stand_in(ci, results):
    ci.ask("1", 0)
    results.add("test-linux64/opt-high", ci.push("other", 0))
    results.reached(ci.at(0) + timedelta(days=3))
    assert ci.ask("2", 1)["kind"] == "full"


def test_what_was_inferred_once_is_not_looked_at_again(ci, results):
    ci.ask("1", 0)
    results.reached(ci.at(0) + timedelta(days=3))
    assert ci.ask("2", 1)["kind"] == "full"
    for name in (*SECOND, "test-linux64/opt-low-rare"):
        results.add(name, ci.push("2", 1))
    assert ci.ask("3", 2)["kind"] == "selective"
