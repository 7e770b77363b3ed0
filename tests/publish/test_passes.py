"""When a job type last passed before it failed, and which pushes may therefore be to blame."""

from datetime import timedelta

from publish.made_evidence import DAY, NOW

from seta.domain import JobType, Scope
from seta.proof.backtest.history import read_history
from seta.store.evidence.passes import Failing, last_passes

A, B = "test-linux64/opt-mochitest-1", "test-linux64/opt-mochitest-2"
FIX = "a" * 12
HOUR = timedelta(hours=1)
FAILED_AT = NOW - DAY


def passes(sessions, *chunks, known_by=NOW):
    asked = [Failing("autoland", JobType("linux64", "opt", "mochitest", chunk), FAILED_AT)
             for chunk in chunks]
    with sessions() as session:
        found = last_passes(session, asked, known_by=known_by)
    return [found.get(each) for each in asked]


def test_the_last_pass_is_on_an_earlier_push_however_long_ago(trunk, sessions):
    trunk.passed(A, at=FAILED_AT - 5 * HOUR).passed(A, at=FAILED_AT - 2 * HOUR)
    trunk.passed(A, at=FAILED_AT).passed(B, at=FAILED_AT - 40 * DAY)
    trunk.result(A, "testfailed", at=FAILED_AT - HOUR)
    assert passes(sessions, 1, 2, 3) == [FAILED_AT - 2 * HOUR, FAILED_AT - 40 * DAY, None]


def test_a_backfill_that_passes_afterwards_counts_on_its_push(trunk, sessions):
    trunk.result(A, at=FAILED_AT - 5 * HOUR)
    trunk.result(A, at=FAILED_AT - 2 * HOUR, known_at=FAILED_AT + 3 * HOUR)
    assert passes(sessions, 1) == [FAILED_AT - 2 * HOUR]
    assert passes(sessions, 1, known_by=FAILED_AT + HOUR) == [FAILED_AT - 5 * HOUR]


def test_what_passes_on_another_project_says_nothing(trunk, sessions):
    trunk.project("mozilla-inbound").result(A, at=FAILED_AT - HOUR, project="mozilla-inbound")
    assert passes(sessions, 1) == [None]


def test_a_regression_has_the_pushes_since_the_last_pass_as_suspects(trunk, sessions):
    """Of two witnesses that failed on the same push, one had passed on a later push."""
    for hours in (5, 4, 3, 2, 1):
        trunk.passed(B if hours == 3 else A if hours == 5 else "test-linux64/opt-reftest",
                     at=FAILED_AT - hours * HOUR)
    trunk.caught(FIX, A, B)
    with sessions() as session:
        history = read_history(session, Scope("trunk"), since=NOW - 30 * DAY, until=NOW)
    (found,) = history.regressions
    assert (found.first_at, found.last_pass) == (FAILED_AT, FAILED_AT - 3 * HOUR)
    assert list(found.suspects(history.timelines["autoland"])) == [3, 4, 5]
