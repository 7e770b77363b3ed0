"""When nothing may be left out: everything runs, and the answer says why."""

from dataclasses import replace

import pytest

from seta.domain import Priority
from seta.ledger import PriorityLists
from seta.store.ledger import entries

JOB = "test-linux64/opt-high"


@pytest.mark.parametrize("reason", ["the data is stale: no ingest for 40 h", "SETA_KILL is set"])
def test_a_refusal_runs_everything_and_is_recorded(ci, reason):
    """R20, R24: fail open; the full run counts, since it really runs everything."""
    ci.ask("1", 0)
    ci.published = replace(ci.published, refusals=(reason,))
    answer = ci.ask("2", 1)
    assert (answer["kind"], answer["reasons"], answer["skip"]) == ("full", [reason], [])
    assert len(answer["run"]) == 5
    assert answer["next_due"]["backstop"]["pushes_left"] == 20
    ci.published = replace(ci.published, refusals=())
    assert ci.ask("3", 2)["next_due"]["2"]["pushes_left"] == 4


def test_the_kill_switch_of_a_project_runs_everything(ci):
    """R24."""
    ci.ask("1", 0)
    ci.change(is_killed=True)
    answer = ci.ask("2", 1)
    assert answer["kind"] == "full" and "kill switch of autoland" in answer["reasons"][0]


def test_without_a_snapshot_everything_runs_by_the_names_that_are_known(ci, results):
    """R7: no knowledge is not the same as nothing to skip."""
    ci.published = PriorityLists(refusals=("no snapshot of trunk has been published yet",))
    results.add(JOB, ci.push("0", -60))
    answer = ci.ask("1", 0)
    assert (answer["kind"], answer["snapshot"], answer["run"]) == ("full", None, [JOB])


def test_a_snapshot_that_names_nothing_here_decides_nothing(ci):
    """R7, R23: nothing decides on nothing."""
    ci.published = replace(ci.published, priorities={})
    ci.ask("1", 0)
    answer = ci.ask("2", 1)
    assert answer["kind"] == "full" and "names no job of autoland" in answer["reasons"][0]


def test_an_answer_that_would_run_nothing_runs_everything(ci):
    low = {Priority.SECOND: ("test-linux64/opt-low-1",)}
    ci.published = replace(ci.published, priorities=low)
    ci.ask("1", 0)
    answer = ci.ask("2", 1)
    assert (answer["kind"], answer["run"]) == ("full", ["test-linux64/opt-low-1"])
    assert answer["reasons"][-1] == "no job would run, so everything does"


def test_what_is_no_integration_project_runs_everything_without_a_row(ci):
    """R81: the safety net runs everything somewhere."""
    ci.change(is_integration=False)
    assert not ci.raw("1", 0).is_new
    assert ci.ask("1", 0)["kind"] == "full"
    assert entries.newest(ci.session, "autoland", "taskcluster") is None


def test_a_snapshot_without_an_id_must_say_why():
    with pytest.raises(ValueError, match="a reason why"):
        PriorityLists()
