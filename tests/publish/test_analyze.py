"""From evidence to a published snapshot."""

import logging
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from publish.made_evidence import DAY, NOW
from sqlalchemy import event, func, select, update

from seta.analysis import Problem
from seta.domain import NewFields, Override, Pattern, Priority, Rename, StoredRename
from seta.errors import NothingToAnalyze, UnknownScope
from seta.publish import analyze
from seta.publish.gather import gather
from seta.store import schema, snapshots
from seta.store.curation.overrides import add_override
from seta.store.curation.projects import scope_named
from seta.store.curation.renames import add_rename
from seta.store.operation import runs
from seta.store.operation.alarms import open_alarms

A, B, C = (f"test-linux64/opt-mochitest-{number}" for number in (1, 2, 3))
FUZZING = "build-linux64-asan-fuzzing/opt"


@pytest.fixture
def run(sessions, settings):
    def analyze_trunk(scope="trunk", now=NOW, **more):
        return analyze(sessions, scope, now=now, settings=settings, **more)
    return analyze_trunk


def verdicts(snapshot):
    return {str(each.job_type): (int(each.priority), each.reason) for each in snapshot.priorities}


def published(sessions, scope="trunk"):
    with sessions() as session:
        return snapshots.publication_state(session, scope).snapshot_id


def alarms(sessions):
    with sessions() as session:
        return {alarm.subject: alarm.message for alarm in open_alarms(session)}


def last_run(sessions):
    with sessions() as session:
        return runs.runs(session, task="analysis", limit=1)[0]


def stored(sessions):
    """What a dry run must leave as it is."""
    tables = (schema.ClassificationRow, schema.Alarm, schema.Snapshot, schema.Run, schema.JobDay,
              schema.StaleJobDay)
    with sessions() as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in tables]


@contextmanager
def statements(engine):
    seen = []

    def note(connection, cursor, statement, *more):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_first_snapshot_is_stored_and_published_whole(trunk, sessions, run):
    trunk.caught("a" * 12, A, B).caught("b" * 12, B).passed(A, B, C)

    snapshot = run()

    assert verdicts(snapshot) == {
        "linux64/opt-mochitest-1": (2, "covered"),
        "linux64/opt-mochitest-2": (1, "chosen"),
        "linux64/opt-mochitest-3": (3, "caught nothing"),
    }
    assert snapshot.is_published and snapshot.held_because is None
    with sessions() as session:
        assert snapshots.snapshot_with_id(session, snapshot.id) == snapshot
    assert published(sessions) == snapshot.id
    done = last_run(sessions)
    assert (done.status, done.counts["snapshot"], done.counts["1"]) == ("done", snapshot.id, 1)


def test_every_priority_has_a_certificate_in_the_store(trunk, sessions, run):
    trunk.caught("a" * 12, A, B).caught("b" * 12, B).passed(C)
    snapshot = run()
    with sessions() as session:
        stored = {str(each.job_type): snapshots.priority_of(session, snapshot.id, each.job_type)
                  for each in snapshot.priorities}
    assert {name: each.certificate for name, each in stored.items()} == {
        "linux64/opt-mochitest-1":
            {"kind": "covered", "by": {"a" * 12: ["linux64/opt-mochitest-2"]}},
        "linux64/opt-mochitest-2": {"kind": "chosen", "needed_for": ["a" * 12, "b" * 12]},
        "linux64/opt-mochitest-3": {"kind": "caught nothing"},
    }


def test_a_dry_run_decides_the_same_and_changes_nothing(trunk, sessions, run):
    """R70"""
    trunk.caught("a" * 12, A, B)
    dry = run(dry_run=True)
    assert dry.id is None and not dry.is_published
    assert published(sessions) is None
    with sessions() as session:
        assert runs.runs(session) == [] and snapshots.snapshots_of(session, "trunk") == []
    assert verdicts(dry) == verdicts(run())


def test_a_dry_run_infers_what_the_real_run_will_and_stores_none_of_it(
    evidence, sessions, run
):
    evidence.scope().project(infer_regressions=True, infer_after=2)
    for hours, result in enumerate(["success", "testfailed", "testfailed", "success"]):
        evidence.result(A, result, at=NOW - DAY + timedelta(hours=hours))
    evidence.caught("a" * 12, B, C)
    before = stored(sessions)

    dry = run(dry_run=True)

    assert stored(sessions) == before
    real = run()
    assert dry.regressions == 2 and verdicts(dry)["linux64/opt-mochitest-1"] == (1, "chosen")
    assert real == replace(dry, id=real.id, is_published=True)


def test_a_dry_run_raises_no_alarm(trunk, sessions, run, caplog):
    """Not even one that a real run would raise: a platform seems to have been renamed."""
    old, new = "test-osx-10-8/opt-xpcshell", "test-osx-10-10/opt-xpcshell"
    trunk.passed(A, old, at=NOW - 30 * DAY).passed(old, at=NOW - 8 * DAY).caught("a" * 12, A, new)
    run(dry_run=True)
    assert alarms(sessions) == {} and not caplog.records
    run()
    assert "osx-10-8 vanished" in alarms(sessions)["platforms autoland"]


def test_an_analysis_looks_at_the_rollup_once(trunk, run, engine):
    trunk.caught("a" * 12, A)
    with statements(engine) as seen:
        run()
    assert sum("DELETE FROM stale_job_days" in each for each in seen) == 1


def test_without_regressions_nothing_is_decided_and_what_is_published_stays(
    trunk, sessions, run
):
    """R42: no regressions is not a reason to lower anything; it is an alarm."""
    trunk.caught("a" * 12, A)
    first = run()
    later = NOW + 120 * DAY
    trunk.passed(A, at=later - DAY)

    with pytest.raises(NothingToAnalyze, match="no regressions"):
        run(now=later)

    assert published(sessions) == first.id
    assert "no regressions" in alarms(sessions)["analysis trunk"]
    assert last_run(sessions).status == "failed"

    trunk.caught("b" * 12, A, at=later - DAY)
    run(now=later)
    assert alarms(sessions) == {}


@pytest.mark.parametrize("make", [
    pytest.param(lambda trunk: trunk, id="an empty database"),
    pytest.param(lambda trunk: trunk.caught("a" * 12, A).listed(B), id="only retired witnesses"),
    pytest.param(lambda trunk: trunk.caught("a" * 12, "nonsense"), id="only unparsed names"),
])
def test_nothing_is_decided_on_nothing(trunk, sessions, run, make):
    """R25"""
    make(trunk)
    with pytest.raises(NothingToAnalyze):
        run()
    assert published(sessions) is None


def test_an_unknown_scope_leaves_no_run(trunk, sessions, run):
    with pytest.raises(UnknownScope, match="'none'"):
        run(scope="none")
    with sessions() as session:
        assert runs.runs(session) == []


def test_a_program_that_is_told_to_end_leaves_a_stopped_run(trunk, sessions, run):
    trunk.caught("a" * 12, A)

    def end(text):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(progress=end)
    assert last_run(sessions).status == "stopped"
    assert alarms(sessions) == {}


def test_priorities_move_both_ways(trunk, run):
    """R44"""
    trunk.caught("a" * 12, A).caught("a" * 12, B, duration_ms=90_000).passed(
        *[f"test-linux64/opt-xpcshell-{number}" for number in range(1, 9)])
    assert verdicts(run())["linux64/opt-mochitest-1"] == (1, "chosen")

    later = NOW + timedelta(hours=12)
    trunk.caught("b" * 12, B, at=later - timedelta(hours=3))
    after = verdicts(run(now=later))
    assert after["linux64/opt-mochitest-1"] == (2, "covered")
    assert after["linux64/opt-mochitest-2"] == (1, "chosen")


def test_builds_run_whatever_they_caught(trunk, run):
    trunk.caught("a" * 12, A).passed("build-linux64/debug", FUZZING)
    found = verdicts(run())
    assert found["linux64/debug-build"] == (1, "forced: build")
    assert found["linux64-asan-fuzzing/opt-build"] == (1, "forced: build")


@pytest.mark.parametrize("pattern, expected", [
    pytest.param(None, (1, "forced: build"), id="no override"),
    pytest.param(Pattern(test_suite="mochi*"), (1, "forced: build"), id="a glob lowers no build"),
    pytest.param(Pattern(name=C), (2, "overridden: priority 2"), id="its full name does"),
])
def test_what_a_source_calls_a_build_is_one(trunk, sessions, run, pattern, expected):
    """Of a CI whose names are outside our grammar, nobody else can know."""
    trunk.caught("a" * 12, A, B).passed(C)
    with sessions.begin() as session:
        session.execute(update(schema.JobName).where(schema.JobName.name == C)
                        .values(is_build=True))
        if pattern:
            add_override(session, Override("trunk", pattern, Priority.SECOND, "because", "ann",
                                           NOW - DAY))
    assert verdicts(run())["linux64/opt-mochitest-3"] == expected


@pytest.mark.parametrize("pattern, priority, name, expected", [
    pytest.param(Pattern(name=C), Priority.FIRST, "linux64/opt-mochitest-3",
                 (1, "forced: pinned"), id="pinned by name"),
    pytest.param(Pattern(test_suite="moch*"), None, "linux64/opt-mochitest-3",
                 (1, "forced: never skip"), id="never skip by suite"),
    pytest.param(Pattern(platform="linux64", test_suite="mochitest-2"), Priority.THIRD,
                 "linux64/opt-mochitest-2", (3, "overridden: priority 3"), id="lowered by glob"),
    pytest.param(Pattern(name=FUZZING), Priority.SECOND, "linux64-asan-fuzzing/opt-build",
                 (2, "overridden: priority 2"), id="a build, by its full name"),
])
def test_overrides_are_followed(trunk, sessions, run, pattern, priority, name, expected):
    """R53"""
    trunk.caught("a" * 12, A, B).passed(C, FUZZING)
    with sessions.begin() as session:
        add_override(session, Override("trunk", pattern, priority, "because", "ann",
                                       NOW - DAY, expires_at=NOW + DAY))
    assert verdicts(run(now=NOW + DAY - timedelta(seconds=1)))[name] == expected
    assert verdicts(run(now=NOW + DAY))[name] != expected  # it has expired this second


def test_a_glob_lowers_no_build(trunk, sessions, run):
    trunk.caught("a" * 12, A).passed(FUZZING)
    with sessions.begin() as session:
        add_override(session, Override("trunk", Pattern(platform="*fuzzing"), Priority.SECOND,
                                       "because", "ann", NOW - DAY))
    assert verdicts(run())["linux64-asan-fuzzing/opt-build"] == (1, "forced: build")


def test_a_regression_that_only_a_lowered_job_type_caught_is_given_up(trunk, sessions, run):
    trunk.caught("a" * 12, A).caught("b" * 12, B)
    with sessions.begin() as session:
        add_override(session, Override("trunk", Pattern(name=A), Priority.SECOND, "noise", "ann",
                                       NOW - DAY))
    snapshot = run()
    assert snapshot.given_up == ("a" * 12,)
    assert snapshot.uncoverable == ()


def test_a_regression_without_living_witnesses_is_reported(trunk, run):
    """R43"""
    trunk.caught("a" * 12, A).caught("b" * 12, B).listed(B)
    snapshot = run()
    assert snapshot.uncoverable == ("a" * 12,)
    assert snapshot.regressions == 2


def test_a_new_job_type_runs_everywhere_for_its_first_14_days(trunk, run):
    """R51"""
    trunk.caught("a" * 12, A).passed(A, at=NOW - 60 * DAY).passed(B)
    assert verdicts(run())["linux64/opt-mochitest-2"] == (1, "forced: new")
    trunk.passed(A, B, at=NOW + 13 * DAY)
    assert verdicts(run(now=NOW + 14 * DAY))["linux64/opt-mochitest-2"] == (3, "caught nothing")


def test_history_is_read_through_renames(trunk, sessions, run):
    """R30: what the old name caught, the new one is chosen for."""
    old, new = "test-osx-10-8/opt-xpcshell", "test-osx-10-10/opt-xpcshell"
    trunk.caught("a" * 12, old, at=NOW - 30 * DAY, duration_ms=5_000).listed(new)
    rename = Rename(Pattern(platform="osx-10-8"), NewFields(platform="osx-10-10"),
                    NOW - 20 * DAY, "ann", "new machines")
    with sessions.begin() as session:
        add_rename(session, StoredRename("trunk", rename, NOW - 20 * DAY))
    snapshot = run()
    assert verdicts(snapshot) == {"osx-10-10/opt-xpcshell": (1, "chosen")}
    assert snapshot.objective == 5_000


def test_each_project_keeps_a_witness_of_its_own(trunk, run):
    trunk.project("mozilla-inbound", build_systems=("buildbot",))
    builder = "Windows 8 64-bit mozilla-inbound debug test xpcshell"
    trunk.caught("a" * 12, A).caught("a" * 12, builder, project="mozilla-inbound",
                                     build_system="buildbot")
    assert set(verdicts(run()).values()) == {(1, "chosen")}


def test_the_snapshot_says_what_it_was_made_from(trunk, run):
    trunk.caught("a" * 12, A, A, B).passed("source-test-mozlint-eslint").passed(C, tier=3)
    inputs = run().inputs
    assert inputs["priorities"] == {"1": 1, "2": 1, "3": 0}
    assert inputs["names"] == {"alive": 4, "retired": 0, "unparsed": 1, "tier_3": 1,
                               "sharing_a_job_type": 0}
    assert inputs["labels"]["jobs_per_regression"] == 3
    assert inputs["alive"] == {"autoland": 2}
    assert (inputs["window_days"], inputs["redundancy"]) == (90, 1)


def test_compare_adds_the_pass_of_earlier_setas(trunk, run):
    trunk.caught("a" * 12, A, B)
    assert set(run(dry_run=True).comparison) == {"ours", "greedy"}
    assert "drop_one_worst" in run(dry_run=True, compare=True).comparison


def test_the_number_of_queries_does_not_grow_with_the_data(trunk, sessions, settings, engine):
    """R60"""
    def queries():
        with statements(engine) as seen, sessions() as session:
            gathered = gather(session, scope_named(session, "trunk"), now=NOW, as_of=None,
                              settings=settings)
        assert isinstance(gathered.problem, Problem)
        return len(seen)

    trunk.caught("a" * 12, A).project("other")
    few = queries()
    for number in range(20):
        trunk.caught(f"{number:012x}", f"test-linux64/opt-reftest-{number}", C)
        trunk.passed(f"test-windows10-64/debug-reftest-{number}", project="other")
    assert queries() == few


def test_a_publication_is_logged_with_counts_and_each_change_with_its_reason(
    trunk, run, caplog
):
    """R67"""
    caplog.set_level(logging.DEBUG, "seta.publish")
    trunk.caught("a" * 12, A).passed(B)
    snapshot = run()
    assert (f"snapshot {snapshot.id} of trunk is published: 0 job types raised, 0 lowered, "
            "2 came, 0 went") in caplog.messages
    assert ("trunk: linux64/opt-mochitest-1: priority 1 (chosen), before none (None)"
            in caplog.messages)


def test_an_unproved_answer_is_said_to_be_one(trunk, sessions, settings):
    """R63: when a limit ends the search, that is an alarm until an answer is proved again."""
    for number, pair in enumerate(combinations((A, B, C), 2)):
        trunk.caught(f"{number:012x}", *pair)
    hasty = replace(settings, time_limit=timedelta(microseconds=1))
    snapshot = analyze(sessions, "trunk", now=NOW, settings=hasty)
    assert snapshot.status == "limit"
    assert "a limit ended the search" in alarms(sessions)["solver trunk"]

    analyze(sessions, "trunk", now=NOW, settings=settings)
    assert alarms(sessions) == {}
