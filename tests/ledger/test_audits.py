"""Audits: of the regressions found, some have everything run on their guilty push."""

from datetime import timedelta

import pytest
from ci_world import NOON, PRIORITIES, Results
from sqlalchemy import text

from seta.domain import Cadence, Interval, Priority
from seta.ledger import audited, audits_to_run, draw_audits, jobs_of, take_audits
from seta.ledger.audits import OPEN_FOR, RECENT, TAKEN_FOR, is_drawn
from seta.store.ledger import audits as store
from seta.store.operation.alarms import open_alarms

HIGH = "test-linux64/opt-high"
LOW, OTHER = PRIORITIES[Priority.SECOND]
RARE = PRIORITIES[Priority.THIRD][0]
FIX, SECOND_FIX, LATER = "9fa614d8310d", "b" * 12, NOON + timedelta(days=1)
HOUR = timedelta(hours=1)
# On push 0 everything runs, on the others the low-value jobs do not.
QUIET = Cadence(Interval(100, 10_000), Interval(100, 10_000), Interval(1000, 100_000))


class World:
    """Pushes a minute apart, of which the first one ran everything."""

    def __init__(self, ci, results, sessions):
        self.ci, self.results, self.sessions = ci, results, sessions
        self.star_at = LATER - 2 * HOUR

    def failed(self, number, name=HIGH, fix=FIX):
        job = self.results.add(name, self.ci.push(str(number), number), "testfailed")
        self.results.classify(job, "fixed by commit", self.star_at, fixed_by=[fix])
        return self

    def ran(self, number, *names, **more):
        for name in names:
            self.results.add(name, self.ci.push(str(number), number), **more)
        return self

    def draw(self, chance=1.0, at=LATER):
        found = draw_audits(self.sessions, "trunk", chance=chance, now=at)
        assert not open_alarms(self.ci.session)
        return found

    def to_run(self, at=LATER):
        return [(each.push_id, each.jobs) for each in audits_to_run(
            self.ci.session, self.ci.project, "taskcluster", now=at)]

    def take(self, number, at=LATER):
        return jobs_of(take_audits(self.ci.session, self.ci.project, "taskcluster",
                                   push_id=str(number), now=at))

    @property
    def audited(self):
        return audited(self.ci.session, "trunk")

    @property
    def counts(self):
        return store.count_audits(self.ci.session, since=NOON).get("autoland")


@pytest.fixture
def world(session, sessions, make_ci):
    ci = make_ci(session, cadence=QUIET)
    found = World(ci, Results(session, ci.project.name), sessions)
    for number in range(4):
        ci.ask(str(number), number)
    found.ran(0, HIGH, LOW, OTHER, RARE, "build-linux64/opt", minutes=24 * 60 - 1)  # all alive
    found.draw()   # the first look
    return found


def test_what_the_guilty_push_left_out_is_to_run(world):
    world.failed(2).failed(3)
    assert world.draw().drawn == 1
    assert world.to_run() == [("2", (LOW, OTHER, RARE))]
    assert world.audited == {}


def test_what_has_a_result_there_by_now_is_left_out_of_the_list(world):
    world.failed(2).ran(2, LOW)
    world.draw()
    assert world.to_run() == [("2", (OTHER, RARE))]


def test_results_make_it_done_and_their_cost_is_counted(world):
    world.failed(2).draw()
    assert world.take(2) == (LOW, OTHER, RARE)
    assert world.take(2) == world.take(3) == ()
    world.ran(2, LOW, OTHER)
    assert (world.draw().done, world.audited) == (0, {})
    world.ran(2, RARE, result="testfailed", duration_ms=5_000)
    assert world.draw(0.5).done == 1
    assert world.audited == {FIX: 1.0}
    counts = world.counts
    assert (counts.drawn, counts.done, counts.open_jobs) == (1, 1, 0)
    assert (counts.runs, counts.milliseconds) == (3, 125_000)


def test_what_ran_for_another_reason_costs_nothing(world):
    world.failed(2).draw()
    world.ran(2, LOW, OTHER, RARE).draw()
    assert world.audited == {FIX: 1.0}
    assert (world.counts.runs, world.counts.milliseconds) == (0, 0)


def test_a_run_without_a_verdict_is_no_result(world):
    world.failed(2).draw()
    world.ran(2, LOW, result="usercancel").draw()
    assert world.to_run() == [("2", (LOW, OTHER, RARE))]


def test_a_push_that_ran_everything_is_audited_at_once(world):
    world.failed(0).draw()
    assert (world.to_run(), world.audited) == ([], {FIX: 1.0})


def test_a_push_that_the_ledger_does_not_know_is_passed_over(world):
    world.results.classify(
        world.results.add(HIGH, world.ci.push("unknown", 1), "testfailed"), "fixed by commit",
        world.star_at, fixed_by=[FIX])
    world.failed(3).draw()
    assert [push for push, _ in world.to_run()] == ["3"]


def test_what_was_known_before_the_first_look_is_not_drawn(session, sessions, make_ci):
    ci = make_ci(session, cadence=QUIET)
    world = World(ci, Results(session, ci.project.name), sessions)
    for number in range(3):
        ci.ask(str(number), number)
    world.failed(2)
    assert world.draw().regressions == 0
    world.failed(1, fix=SECOND_FIX)
    assert world.draw().regressions == 1


def test_each_regression_is_drawn_once_whatever_the_chance_is_later(world):
    world.failed(2).draw(chance=1e-9)
    world.failed(3)
    assert world.draw(chance=1.0).regressions == 0
    assert (world.to_run(), world.audited) == ([], {})


def test_a_chance_of_nothing_draws_nothing(world):
    world.failed(2)
    assert world.draw(chance=0.0).regressions == 0
    assert world.draw(chance=1.0).regressions == 1  # by the stars that may have come in between


def test_an_old_push_is_not_run_again(world):
    world.failed(2)
    assert world.draw(at=NOON + RECENT + 2 * HOUR).regressions == 0


def test_what_was_taken_and_brought_no_result_is_listed_again_until_it_lapses(world):
    world.failed(2).draw()
    world.take(2)
    assert world.to_run(LATER + TAKEN_FOR) == []
    assert world.to_run(LATER + TAKEN_FOR + HOUR) != []
    assert world.to_run(LATER + OPEN_FOR + HOUR) == []


def test_two_regressions_of_one_push_share_their_runs(world):
    world.failed(2).failed(2, fix=SECOND_FIX).draw()
    assert world.take(2) == (LOW, OTHER, RARE)
    world.ran(2, LOW, OTHER, RARE).draw()
    assert world.audited == {FIX: 1.0, SECOND_FIX: 1.0}
    assert world.counts.runs == 3


def test_a_project_that_runs_everything_has_no_audits(world):
    world.ci.change(is_integration=False)
    world.failed(2)
    assert world.draw().regressions == 0


def test_the_answers_of_the_ledger_stay_what_they_are(world):
    before = world.ci.ask("2", 2)
    owed = world.ci.due(20_000)
    world.failed(2).draw()
    world.take(2)
    assert (world.ci.ask("2", 2), world.ci.due(20_000)) == (before, owed)


def test_an_error_is_an_alarm_and_nothing_else(world):
    world.failed(2)
    world.ci.session.execute(text("ALTER TABLE audits RENAME TO gone"))
    assert draw_audits(world.sessions, "trunk", chance=1.0, now=LATER).regressions == 0
    world.ci.session.execute(text("ALTER TABLE gone RENAME TO audits"))
    assert [each.subject for each in open_alarms(world.ci.session)] == ["audits trunk: not drawn"]
    assert world.draw().drawn == 1


def test_the_draw_is_as_likely_as_it_says():
    fixes = [f"{number:012x}" for number in range(4000)]
    drawn = [fix for fix in fixes if is_drawn(fix, chance=0.25, seed="secret")]
    assert abs(len(drawn) - 1000) < 4 * (4000 * 0.25 * 0.75) ** 0.5
    assert drawn != [fix for fix in fixes if is_drawn(fix, chance=0.25, seed="other")]
    assert set(drawn) < {fix for fix in fixes if is_drawn(fix, chance=0.5, seed="secret")}
