"""R77: skipped is not passed; a job that failed stays due until it passes."""

import pytest

JOB = "test-linux64/opt-low-rare"


def is_run(ci) -> bool:
    """Ask for two pushes; return whether the job runs on the second, on which it is not due."""
    ci.ask("1", 0)
    return JOB in ci.ask("2", 1)["run"]


@pytest.mark.parametrize("runs, stays", [
    pytest.param([], False, id="it never ran"),
    pytest.param([(-60, "success")], False, id="it passed"),
    pytest.param([(-60, "testfailed")], True, id="it failed"),
    pytest.param([(-60, "busted")], True, id="it broke"),
    pytest.param([(-60, "exception")], True, id="it could not run"),
    pytest.param([(-60, "testfailed"), (-30, "success")], False, id="it passed since"),
    pytest.param([(-60, "success"), (-30, "testfailed")], True, id="it failed since"),
    pytest.param([(-60, "testfailed"), (-30, "usercancel")], True, id="cancelled says nothing"),
    pytest.param([(-60, "testfailed"), (-30, "retry")], True, id="a retry says nothing"),
    pytest.param([(-30, "testfailed"), (-60, "success")], True,
                 id="a backfill of an older push passed later"),
    pytest.param([(-30, "success"), (-60, "testfailed")], False,
                 id="a backfill of an older push failed later"),
])
def test_the_last_run_counts(ci, results, runs, stays):
    for number, (minutes, result) in enumerate(runs):
        results.add(JOB, ci.push(f"p{minutes}", minutes), result, minutes=200 + 100 * number)
    assert is_run(ci) is stays


@pytest.mark.parametrize("first, then, stays", [
    pytest.param("testfailed", "success", False, id="it passed when it was run again"),
    pytest.param("success", "testfailed", True, id="it failed when it was run again"),
])
def test_of_one_push_the_last_known_run_counts(ci, results, first, then, stays):
    push = ci.push("old", -60)
    results.add(JOB, push, first, minutes=10)
    results.add(JOB, push, then, minutes=20)
    assert is_run(ci) is stays


@pytest.mark.parametrize("classification, stays", [
    pytest.param("intermittent", False, id="intermittent"),
    pytest.param("autoclassified intermittent", False, id="autoclassified intermittent"),
    pytest.param("intermittent needs bugid", False, id="needs a bug"),
    pytest.param("fixed by commit", True, id="fixed by commit, not seen to pass yet"),
    pytest.param("not classified", True, id="not classified"),
    pytest.param("infra", True, id="infra"),
])
def test_intermittent_failures_do_not_stay(ci, results, classification, stays):
    results.add(JOB, ci.push("old", -60), "testfailed", classification=classification)
    assert is_run(ci) is stays


def test_the_newest_classification_counts(ci, results):
    push = ci.push("old", -60)
    job = results.add(JOB, push, "testfailed", classification="intermittent")
    results.classify(job, "not classified", push.pushed_at, who="ann")
    assert is_run(ci)


def test_a_person_outranks_what_was_inferred(ci, results):
    push = ci.push("old", -60)
    job = results.add(JOB, push, "testfailed", classification="intermittent")
    results.classify(job, "fixed by commit", ci.at(0), is_inferred=True)
    assert not is_run(ci)


def test_a_reason_says_that_failing_jobs_run(ci, results):
    results.add(JOB, ci.push("old", -60), "testfailed")
    ci.ask("1", 0)
    answer = ci.ask("2", 1)
    assert answer["reasons"][-1] == "1 job failed when it last ran, and runs until it passes"
    assert answer["kind"] == "selective" and not answer["priorities"]["3"]["due"]


def test_a_failure_on_another_project_does_not_count(ci, results, make_ci):
    other = make_ci(ci.session, "mozilla-inbound")
    results.add(JOB, ci.push("old", -60), "testfailed")
    assert not is_run(other)
