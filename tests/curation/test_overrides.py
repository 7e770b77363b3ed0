"""What overrides do to a push, from which second to which, and what is recorded."""

from dataclasses import replace
from datetime import timedelta

import pytest
from ci_world import NOON

from seta.curation import overrides
from seta.domain import JobType, Override, Pattern, Priority, strongest
from seta.errors import BadInput, Conflict, NotFound, UnknownScope
from seta.store.curation import overrides as store
from seta.store.operation.audit import audit_entries

JOB = "test-linux64/opt-low-1"
CHOSEN = "test-linux64/opt-high"
RARE = "test-linux64/opt-low-rare"


def override(name=None, priority=None, **more):
    pattern = Pattern(name=name) if name else Pattern(**more.pop("globs", {}))
    return Override(**{"scope": "trunk", "pattern": pattern, "priority": priority,
                       "reason": "why", "who": "ann", "created_at": NOON} | more)


@pytest.fixture
def second(ci, results):
    """Ask for the second push at some moment, so that only high value runs."""
    ci.ask("1", 0)

    def ask(at=NOON, push_id="2"):
        return ci.ask(push_id, 0, now=at)
    return ask


def test_never_skip_runs_on_every_push(ci, second):
    store.add_override(ci.session, override(RARE))
    assert RARE in second()["run"]


def test_forever_low_works(ci, second):
    """R53."""
    store.add_override(ci.session, override(CHOSEN, Priority.SECOND))
    answer = second()
    assert CHOSEN in answer["skip"]
    assert answer["priorities"]["2"]["jobs"] == 3


@pytest.mark.parametrize("seconds, is_low", [
    pytest.param(0, True, id="from its first second"),
    pytest.param(59, True, id="in its last second"),
    pytest.param(60, False, id="at the second it expires"),
])
def test_expiry_is_exact_to_the_second(ci, second, seconds, is_low):
    """R52, R53: temporary low reverts, at once and automatically."""
    store.add_override(ci.session, override(
        CHOSEN, Priority.SECOND, expires_at=NOON + timedelta(seconds=60)))
    assert (CHOSEN in second(NOON + timedelta(seconds=seconds))["skip"]) is is_low


def test_a_job_lowered_in_the_snapshot_runs_once_that_has_ended(ci, second):
    """R53: what it is worth is known again with the next snapshot; until then it runs."""
    made = ci.published.created_at
    store.add_override(ci.session, override(
        JOB, Priority.SECOND, created_at=made - timedelta(days=1), expires_at=NOON))
    assert JOB in second()["run"]


def test_an_override_of_a_later_snapshot_time_changes_nothing_when_it_ends(ci, second):
    made = ci.published.created_at
    store.add_override(ci.session, override(
        JOB, Priority.SECOND, created_at=made - timedelta(days=2),
        expires_at=made - timedelta(days=1)))
    assert JOB in second()["skip"]


def test_a_glob_picks_jobs_that_appear_later(ci, second):
    """R56: a whole class, its future jobs too."""
    store.add_override(ci.session, override(globs={"test_suite": "low"}))
    assert {JOB, "test-linux64/opt-low-2"} <= set(second()["run"])


@pytest.mark.parametrize("picks, is_low", [
    pytest.param({"globs": {"platform": "linux64"}}, False, id="a glob never lowers a build"),
    pytest.param({"name": "build-linux64/opt"}, True, id="its full name does"),
])
def test_builds_are_lowered_by_name_only(picks, is_low):
    found = override(priority=Priority.SECOND, **picks)
    build = JobType("linux64", "opt", "build")
    assert found.matches(build, "build-linux64/opt", "taskcluster") is is_low


def test_another_build_system_is_not_picked(ci, second):
    store.add_override(ci.session, override(RARE, build_system="buildbot"))
    assert RARE in second()["skip"]


@pytest.mark.parametrize("others, expected", [
    pytest.param([{"name": JOB, "priority": Priority.SECOND}], None, id="never skip wins"),
    pytest.param([], None, id="alone"),
])
def test_never_skip_outdoes_all(others, expected):
    found = [override(globs={"platform": "linux*"}), *(override(**more) for more in others)]
    job = JobType("linux64", "opt", "low", 1)
    assert strongest(found, job, JOB, "taskcluster").priority is expected


def test_of_the_rest_the_narrowest_counts_then_the_newest():
    job = JobType("linux64", "opt", "low", 1)
    wide = override(priority=Priority.FIRST, globs={"platform": "linux*"})
    narrow = override(priority=Priority.SECOND, globs={"platform": "linux*", "test_suite": "low"})
    newer = replace(narrow, priority=Priority.THIRD, created_at=NOON + timedelta(seconds=1))
    for found in ([wide, narrow, newer], [newer, narrow, wide]):
        assert strongest(found, job, JOB, "taskcluster") is newer
    assert strongest([], job, JOB, "taskcluster") is None


def plan(ci, *wanted, now=NOON):
    return overrides.plan_overrides(ci.session, wanted, scope="trunk", now=now)


def test_a_dry_run_says_what_is_picked_and_stores_nothing(ci, results):
    """R54: also what picks nothing."""
    results.add(JOB, ci.push("0", -60))
    planned = plan(ci, override(JOB), override("test-win/opt-x"))
    assert [(each.matched, each.examples) for each in planned] == [(1, (JOB,)), (0, ())]
    assert planned[1].matches_nothing
    assert store.overrides(ci.session, "trunk") == []


def test_applying_twice_stores_once_and_is_audited(ci):
    """R57."""
    for _ in range(2):
        applied = overrides.apply_overrides(
            ci.session, [override(JOB), override(JOB)], scope="trunk", who="ann", now=NOON)
    assert [each.is_new for each in applied] == [False, False]
    assert len(store.overrides(ci.session, "trunk")) == 1
    entry, = audit_entries(ci.session)
    assert (entry.who, entry.what, entry.why) == ("ann", "add override", "why")


def test_ending_an_override_is_audited_and_happens_once(ci):
    stored = store.add_override(ci.session, override(JOB))
    ended = overrides.end_override(ci.session, stored.id, who="bob", now=ci.at(5))
    assert (ended.ended_by, ended.is_active(ci.at(4)), ended.is_active(ci.at(5))) == (
        "bob", True, False)
    with pytest.raises(Conflict, match="not active"):
        overrides.end_override(ci.session, stored.id, who="bob", now=ci.at(6))
    with pytest.raises(NotFound, match="no override 999"):
        overrides.end_override(ci.session, 999, who="bob", now=ci.at(6))
    assert audit_entries(ci.session)[0].what == "end override"


def test_overrides_whose_jobs_are_gone_are_found(ci, results):
    """R58: they do not die quietly."""
    results.add(JOB, ci.push("0", -60))
    store.add_override(ci.session, override(JOB))
    gone = store.add_override(ci.session, override("test-osx/opt-x"))
    assert overrides.vanished_overrides(ci.session, "trunk", now=NOON) == [gone]


def test_a_scope_that_is_not_there_takes_none(ci):
    with pytest.raises(UnknownScope):
        overrides.plan_overrides(ci.session, [], scope="none", now=NOON)


@pytest.mark.parametrize("wrong, constraint", [
    pytest.param({"reason": ""}, "ck_overrides_reason", id="no reason"),
    pytest.param({"expires_at": NOON}, "ck_overrides_expires_at", id="it never holds"),
    pytest.param({"scope": "none"}, "fk_overrides_scope", id="no scope"),
])
def test_the_table_itself_refuses_nonsense(ci, wrong, constraint):
    with pytest.raises(BadInput, match=constraint):
        store.add_override(ci.session, override(JOB, **wrong))


def test_overrides_are_paged_from_the_newest(ci):
    """R55: safe on an empty table too."""
    assert store.overrides(ci.session, "trunk") == []
    for number in range(5):
        store.add_override(ci.session, override(f"job-{number}"))
    first = store.overrides(ci.session, "trunk", limit=2)
    rest = store.overrides(ci.session, "trunk", before=first[-1].id)
    assert [each.pattern.name for each in first + rest] == [f"job-{n}" for n in (4, 3, 2, 1, 0)]
