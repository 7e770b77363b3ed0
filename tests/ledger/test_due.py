"""What is owed although no push came."""

import pytest

from seta.errors import Conflict
from seta.ledger import schedule_failed

SECOND = ("test-linux64/opt-low-1", "test-linux64/opt-low-2")
THIRD = ("test-linux64/opt-low-rare",)


def test_nothing_is_owed_before_the_first_push(ci):
    assert (ci.due(999).jobs, ci.due(999).push_id) == ((), None)


def test_nothing_is_owed_after_a_full_run_however_old(ci):
    ci.ask("1", 0)
    assert ci.due(9999).jobs == ()


def test_the_tail_of_a_burst_is_owed_when_its_time_has_come(ci):
    """R12: a timer gets what no further push would bring, on the newest revision."""
    ci.ask("1", 0)
    ci.ask("2", 1, revision="b" * 40)
    assert ci.due(89).jobs == ()
    owed = ci.due(90)
    assert (owed.jobs, owed.priorities) == (SECOND, (2,))
    assert (owed.push_id, owed.revision) == ("2", "b" * 40)
    assert ci.due(180).jobs == SECOND + THIRD
    assert ci.due(240).priorities == (1, 2, 3)


def test_what_ran_on_the_newest_push_is_not_owed(ci):
    ci.ask("1", 0)
    ci.ask("2", 1)
    assert ci.ask("3", 90)["priorities"]["2"]["due"]
    assert ci.due(91).jobs == ()
    assert ci.due(180).jobs == THIRD


def test_asking_what_is_owed_changes_nothing(ci):
    """R10: asking does not count toward any interval."""
    ci.ask("1", 0)
    ci.ask("2", 1)
    assert ci.due(90) == ci.due(90)
    assert ci.ask("3", 91)["priorities"]["2"]["due"]


def test_what_a_timer_took_is_owed_no_more_and_counts_as_run(ci):
    ci.ask("1", 0)
    ci.ask("2", 1)
    assert ci.take("2", 90).jobs == SECOND
    assert ci.take("2", 91).jobs == ()
    assert not ci.ask("3", 92)["priorities"]["2"]["due"]
    assert ci.ask("4", 100)["next_due"]["2"] == {"pushes_left": 3, "at": "2026-03-01T15:00:00Z"}


def test_taking_names_the_push_so_that_a_newer_one_is_not_missed(ci):
    ci.ask("1", 0)
    ci.ask("2", 1)
    ci.ask("3", 2)
    with pytest.raises(Conflict, match="is 3, not 2"):
        ci.take("2", 95)


def test_a_killed_project_owes_all_that_its_newest_push_left_out(ci):
    ci.ask("1", 0)
    ci.ask("2", 1)
    ci.change(is_killed=True)
    owed = ci.due(2)
    assert owed.jobs == SECOND + THIRD
    assert "kill switch" in owed.reasons[0]


def test_a_push_that_did_not_run_is_owed_as_a_whole(ci, results):
    first = ci.ask("1", 0)
    schedule_failed(ci.session, "autoland", "taskcluster", "1", why="no workers", now=ci.at(1))
    assert list(ci.due(2).jobs) == first["run"]
    ci.take("1", 2)
    assert ci.due(3).jobs == ()
    assert ci.ask("2", 4)["kind"] == "selective"


def test_a_job_that_failed_stays_owed(ci, results):
    """R77: known since the newest push was answered."""
    ci.ask("1", 0)
    ci.ask("2", 1)
    results.add(SECOND[0], ci.push("1", 0), "testfailed")
    assert ci.due(5).jobs == (SECOND[0],)


def test_a_failing_job_that_runs_on_the_newest_push_already_is_not_owed(ci, results):
    results.add(SECOND[0], ci.push("0", -60), "testfailed")
    ci.ask("1", 0)
    assert SECOND[0] in ci.ask("2", 1)["run"]
    assert ci.due(5).jobs == ()


def test_a_project_that_always_runs_everything_owes_nothing(ci):
    ci.ask("1", 0)
    ci.ask("2", 1)
    ci.change(is_integration=False)
    assert ci.due(500).jobs == ()
