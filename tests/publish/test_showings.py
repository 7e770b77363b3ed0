"""How a witness did between its regression's first failure and the fix."""

from datetime import timedelta

import pytest
from publish.made_evidence import DAY, NOW

from seta.config import Settings
from seta.domain import NewFields, Pattern, Rename, RunCount, Scope, StoredRename
from seta.publish.gather import gather
from seta.store import evidence as reads
from seta.store.curation.renames import add_rename
from seta.store.evidence.showings import ENDS_WITHIN, MOST_RUNS
from seta.store.results.rollup import refresh_job_days

A, B = "test-linux64/opt-mochitest-1", "test-linux64/opt-mochitest-2"
NEW = "test-linux64-qr/opt-mochitest-1"
FIX = "a" * 12
FIX_PUSH = FIX + "0" * 28
HOUR = timedelta(hours=1)
FIRST = NOW - DAY


def showed(sessions, fixed_by=FIX, **more):
    with sessions() as session:
        window = reads.evidence_window(session, Scope("trunk"), now=NOW, **more)
        found = reads.showings(session, window)
    assert found.keys() <= {fixed_by}
    return {str(job_type).rsplit("-", 1)[-1]: (seen.runs, seen.failures)
            for job_type, seen in found.get(fixed_by, {}).items()}


def test_runs_count_from_the_first_failure_until_the_last_that_was_starred(trunk, sessions):
    trunk.caught(FIX, A, B, at=FIRST).caught(FIX, A, at=FIRST + 4 * HOUR)
    for hours in (-1, 1, 2, 5):
        trunk.passed(B, at=FIRST + hours * HOUR)
    trunk.result(B, "testfailed", at=FIRST + 3 * HOUR)  # nobody starred it
    assert showed(sessions) == {"1": (2, 2), "2": (4, 2)}


def test_they_count_until_the_push_of_the_fix_where_that_is_known(trunk, sessions):
    trunk.caught(FIX, A, at=FIRST).passed(A, at=FIRST + HOUR).passed(A, at=FIRST + 2 * HOUR)
    assert showed(sessions) == {"1": (1, 1)}
    trunk.passed(A, at=FIRST + 3 * HOUR, revision=FIX_PUSH)
    assert showed(sessions) == {"1": (3, 1)}


def test_each_project_has_its_own_span_and_all_are_added(trunk, sessions):
    trunk.project("mozilla-inbound").caught(FIX, A, at=FIRST)
    trunk.caught(FIX, A, at=FIRST + 2 * HOUR, project="mozilla-inbound")
    trunk.passed(A, at=FIRST + 2 * HOUR, project="mozilla-inbound")
    trunk.passed(A, at=FIRST + HOUR, project="mozilla-inbound").passed(A, at=FIRST + HOUR)
    assert showed(sessions) == {"1": (3, 2)}


@pytest.mark.parametrize("result", ["retry", "usercancel", "skipped"])
def test_a_run_without_a_verdict_says_nothing(trunk, sessions, result):
    trunk.caught(FIX, A, at=FIRST).caught(FIX, A, at=FIRST + 2 * HOUR)
    trunk.result(A, result, at=FIRST + HOUR)
    assert showed(sessions) == {"1": (2, 2)}


def test_tier_3_says_nothing(trunk, sessions):
    trunk.caught(FIX, A, at=FIRST).caught(FIX, A, at=FIRST + 2 * HOUR)
    trunk.passed(A, at=FIRST + HOUR, tier=3)
    assert showed(sessions) == {"1": (2, 2)}


def test_only_the_first_runs_count_and_none_that_ended_long_after(trunk, sessions):
    last = FIRST + 2 * HOUR
    trunk.caught(FIX, A, B, at=FIRST).caught(FIX, A, at=last)
    for _ in range(MOST_RUNS + 3):
        trunk.passed(B, at=FIRST + HOUR)
    trunk.passed(A, at=last, known_at=last + ENDS_WITHIN)
    assert showed(sessions) == {"1": (2, 2), "2": (MOST_RUNS, 1)}


def test_at_a_past_moment_only_what_was_known_then_counts(trunk, sessions):
    trunk.caught(FIX, A, at=FIRST, classified_at=FIRST + HOUR)
    trunk.passed(A, at=FIRST, known_at=FIRST + 3 * HOUR)
    trunk.passed(A, at=FIRST + 2 * HOUR, revision=FIX_PUSH)
    trunk.passed(A, at=FIRST + HOUR, known_at=FIRST + HOUR)
    at = {hours: showed(sessions, as_of=FIRST + hours * HOUR) for hours in (0.5, 1, 2.5, 3)}
    assert at == {0.5: {}, 1: {"1": (1, 1)}, 2.5: {"1": (2, 1)}, 3: {"1": (3, 1)}}


def test_runs_are_read_under_the_name_that_a_job_has_now(trunk, sessions):
    trunk.caught(FIX, A, at=FIRST).caught(FIX, NEW, at=FIRST + 2 * HOUR)
    trunk.passed(A, at=FIRST + HOUR).passed(NEW, at=FIRST + HOUR)
    rename = Rename(Pattern(platform="linux64"), NewFields(platform="linux64-qr"), since=FIRST,
                    who="ann", why="moved")
    with sessions.begin() as session:
        add_rename(session, StoredRename("trunk", rename, FIRST))
    with sessions() as session:
        refresh_job_days(session)
        problem = gather(session, Scope("trunk"), now=NOW, as_of=None,
                         settings=Settings()).problem
    (job_type, seen), = problem.shown[FIX].items()
    assert (job_type.platform, seen) == ("linux64-qr", RunCount(4, 2))
    assert problem.totals == {job_type: RunCount(4, 2)}


def test_the_totals_are_those_of_the_window(trunk, sessions):
    trunk.passed(A, B, at=NOW - 91 * DAY).passed(A, at=NOW - 89 * DAY).passed(A)
    trunk.result(A, "testfailed")
    with sessions() as session:
        refresh_job_days(session)
        window = reads.evidence_window(session, Scope("trunk"), now=NOW)
        totals = reads.run_totals(session, window)
    assert [*totals.values()] == [RunCount(3, 1)]


def test_a_setting_turns_it_off(trunk, sessions):
    trunk.caught(FIX, A, at=FIRST).passed(A)
    with sessions() as session:
        problem = gather(session, Scope("trunk"), now=NOW, as_of=None,
                         settings=Settings(weigh_witnesses=False)).problem
    assert (problem.shown, problem.totals) == ({}, {})
