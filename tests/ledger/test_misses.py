"""Which regressions a push let in, by the ledger's answers and the stars that came later."""

import gzip
from datetime import timedelta

import pytest
from ci_world import NOON, PRIORITIES, Results
from sqlalchemy import text

from seta.domain import (
    Cadence, Interval, NewFields, Pattern, Priority, Rename, StoredRename,
)
from seta.ledger import schedule_failed
from seta.proof.misses import look_for_misses
from seta.store import schema
from seta.store.curation.renames import add_rename
from seta.store.ledger.misses import misses_of
from seta.store.operation.alarms import open_alarms

HIGH = "test-linux64/opt-high"
LOW, OTHER = PRIORITIES[Priority.SECOND]
FIX, LATER = "9fa614d8310d", NOON + timedelta(days=1)
# On every fourth push, the first is number 0: priority 2 runs on 0, 4 and 8.
QUICK = Cadence(Interval(4, 1000), Interval(100, 10_000), Interval(1000, 100_000))


class World:
    """Pushes a minute apart; a text says what a job did on each: P passed, F failed, . nothing."""

    def __init__(self, ci, results, sessions):
        self.ci, self.results, self.sessions = ci, results, sessions
        self.stars = {}

    def pushes(self, count):
        for number in range(count):
            self.ci.ask(str(number), number)
        return self

    def ran(self, history, name=LOW, *, fix=FIX, results=None, minutes=10):
        """Record runs; each failure is starred. They are known some minutes after their push."""
        results = results or self.results
        for number, what in enumerate(history):
            if what != ".":
                job = results.add(name, self.ci.push(str(number), number),
                                  "success" if what == "P" else "testfailed", minutes=minutes)
                if what == "F":
                    results.classify(job, "fixed by commit", LATER, fixed_by=[fix])
                    self.stars.setdefault(name, []).append(job)
        return self

    def look(self, at=LATER):
        return look_for_misses(self.sessions, "trunk", now=at)

    @property
    def rows(self):
        return misses_of(self.ci.session, self.ci.project.name)[::-1]

    def found(self):
        """Look, and return the one miss that there is then; None without one."""
        self.look()
        assert not open_alarms(self.ci.session)
        current = [each for each in self.rows if each.ended_at is None]
        assert len(current) <= 1
        return current[0].miss if current else None


@pytest.fixture
def world(session, sessions, make_ci):
    ci = make_ci(session, cadence=QUICK)
    results = Results(session, ci.project.name)
    for priority, names in PRIORITIES.items():
        for name in names:
            type_id = session.get(schema.JobName, results.name_id(name)).job_type_id
            session.add(schema.SnapshotPriority(
                snapshot_id=ci.published.snapshot, job_type_id=type_id, priority=priority,
                reason="", cost=1, caught=1, certificate={}))
    return World(ci, results, sessions)


def test_a_regression_that_a_left_out_job_finds_later_is_a_miss(world):
    miss = world.pushes(9).ran("P...F....").ran("PPPPPPPPP", HIGH).found()
    assert (miss.project, miss.build_system, miss.fixed_by, miss.found_by) == (
        "autoland", "taskcluster", FIX, LOW)
    assert miss.found_at == NOON + timedelta(minutes=14) and miss.found_on.push_id == "4"
    assert (miss.after.push_id, miss.first_suspect.push_id, miss.first_failed_on.push_id) == (
        "0", "1", "4")
    assert (miss.pushes, miss.left_out, miss.chance) == (4, 3, 0.75)
    assert (miss.late_pushes, miss.late_minutes) == (3, 3.0)
    assert miss.snapshot == world.ci.published.snapshot
    (witness,) = miss.witnesses
    assert (witness.name, witness.priority, witness.left_out, witness.passed) == (LOW, 2, 3, 0)
    (row,) = world.rows
    assert row.known_at == row.first_known_at == LATER and row.ended_at is None


@pytest.mark.parametrize("job, history", [
    pytest.param(HIGH, "PPPF", id="a job that runs on every push"),
    pytest.param(LOW, "F", id="on a full push"),
    pytest.param(LOW, "P...P...F", id="never run on the push before, but on the pushes between"),
])
def test_what_the_push_itself_shows_is_no_miss(world, job, history):
    world.pushes(9)
    if history == "P...P...F":   # backfilled: it passed right before
        world.ran("P...P..PF", LOW)
    else:
        world.ran(history, job)
    assert world.found() is None


def test_another_job_that_shows_it_on_the_push_makes_it_no_miss(world):
    """The job that ran on every push says that it came in with push 4, whoever ended first."""
    world.pushes(9).ran("P...F", minutes=5).ran("PPPPF", HIGH, minutes=9)
    assert world.found() is None


def test_a_backfill_that_proves_that_it_came_with_the_push_that_showed_it_ends_the_miss(world):
    """Whoever ran there showed it at once; that another job was left out does not matter."""
    world.pushes(9).ran("P.......F")
    assert world.found().left_out == 6
    world.ran(".......PF", "test-linux64/opt-low-rare", minutes=100)
    assert world.found() is None
    assert [each.ended_why for each in world.rows] == ["withdrawn"]


def test_a_job_that_passed_on_the_pushes_and_failed_later_is_shown_as_flaky(world):
    miss = world.pushes(9).ran("P...F").ran("PPPPPPF", HIGH).found()
    assert (miss.found_by, miss.first_suspect.push_id, miss.pushes) == (LOW, "1", 4)
    assert {each.name: (each.left_out, each.passed) for each in miss.witnesses} == {
        LOW: (3, 0), HIGH: (0, 4)}
    assert [(each.test_suite, each.chunk) for each in miss.promotable] == [("low", 1)]


def test_a_backfill_that_narrows_it_down_replaces_what_was_known(world):
    world.pushes(9).ran("P...F").look()
    world.ran(".PFF", minutes=100)
    miss = world.found()
    assert (miss.first_failed_on.push_id, miss.pushes, miss.left_out) == ("2", 1, 1)
    assert (miss.found_on.push_id, miss.late_pushes) == ("4", 2)
    first, second = world.rows
    assert (first.ended_why, second.first_known_at) == ("replaced", first.first_known_at)


def test_a_schedule_that_never_ran_left_nothing_out(world):
    world.pushes(5).ran("P...F")
    for number in "12":
        schedule_failed(world.ci.session, "autoland", "taskcluster", number, why="down", now=NOON)
    assert world.found().left_out == 1
    schedule_failed(world.ci.session, "autoland", "taskcluster", "3", why="down", now=NOON)
    world.results.classify(world.stars[LOW][0], "fixed by commit", LATER, fixed_by=[FIX])
    assert world.found() is None


def test_what_a_timer_started_on_the_push_ran_there(world):
    world.pushes(2)
    assert LOW in world.ci.take("1", 1001).jobs
    assert world.ran("PF").found() is None


def test_the_same_look_twice_adds_nothing(world):
    world.pushes(9).ran("P...F")
    assert world.look().added == 1
    again = world.look(LATER + timedelta(hours=1))
    assert (again.added, again.replaced, again.withdrawn) == (0, 0, 0)
    assert len(world.rows) == 1


def test_a_star_that_is_taken_back_takes_the_miss_back_and_keeps_the_row(world):
    world.pushes(9).ran("P...F").look()
    world.results.classify(world.stars[LOW][0], "intermittent", LATER + timedelta(hours=1))
    at = LATER + timedelta(hours=2)
    assert world.look(at).withdrawn == 1
    (row,) = world.rows
    assert (row.ended_at, row.ended_why) == (at, "withdrawn")


def test_stars_without_a_known_pass_count_from_where_it_last_ran(world):
    miss = world.pushes(9).ran("........F").found()
    assert (miss.after.push_id, miss.first_suspect.push_id, miss.pushes) == ("4", "5", 4)


def test_a_job_is_known_under_its_old_name(world):
    """Its last pass was under the old name, with which the ledger knows it too."""
    rename = Rename(Pattern(test_suite="low"), NewFields(test_suite="slow"), NOON, "ann", "x")
    add_rename(world.ci.session, StoredRename("trunk", rename, NOON))
    miss = world.pushes(5).ran("P...").ran("....F", "test-linux64/opt-slow-1").found()
    assert (miss.found_by, miss.after.push_id, miss.left_out) == (
        "test-linux64/opt-slow-1", "0", 3)


def test_each_build_system_has_a_ledger_of_its_own(session, sessions, make_ci):
    """What Buildbot shows on the push is no miss, though Taskcluster left its jobs out."""
    ci = make_ci(session, cadence=QUICK, build_systems=("taskcluster", "buildbot"))
    world = World(ci, Results(session, "autoland"), sessions)
    world.pushes(5).ran("P...F")
    assert world.found().build_system == "taskcluster"
    other = Results(session, "autoland", "buildbot", prefix="bb-")
    world.ran("PPPPF", "autoland_ubuntu64_vm-debug_test-mochitest-1", results=other)
    assert world.found() is None


def test_what_another_project_shows_first_is_counted_there(session, sessions, make_ci):
    """The one on which it showed first; projects that run everything have none."""
    ci = make_ci(session, cadence=QUICK)
    second = make_ci(session, "beta", is_integration=False)
    world = World(ci, Results(session, "autoland"), sessions)
    world.pushes(5).ran("P...F")
    beside = World(second, Results(session, "beta", prefix="b-"), sessions).ran("F")
    assert world.found().project == "autoland" and not beside.rows
    second.change(is_integration=True)
    world.results.classify(world.stars[LOW][0], "fixed by commit", LATER, fixed_by=[FIX])
    assert world.found() is None


def test_an_archived_scope_has_none(world):
    world.pushes(5).ran("P...F")
    world.ci.session.execute(text("UPDATE scopes SET is_archived = true"))
    assert world.found() is None


def test_one_that_cannot_be_looked_for_is_an_alarm_and_is_looked_for_again(world):
    world.pushes(5).ran("P...F")
    world.ci.session.execute(text("UPDATE schedules SET answer = 'garbled'"))
    assert world.look().added == 0
    assert [each.subject for each in open_alarms(world.ci.session)] == [
        "misses trunk: not looked for"]
    world.ci.session.execute(text("UPDATE schedules SET answer = :answer"),
                             {"answer": gzip.compress(b'{"run": [], "skip": ["' + LOW.encode()
                                                      + b'"]}')})
    assert world.found().left_out == 4
