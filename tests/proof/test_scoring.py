"""What a set catches, when, and at what cost, on cases that can be reckoned by hand."""

from datetime import timedelta

import pytest
from proof_world import (
    at, columns, failure, history_of, job, known, regression, scored, timeline,
)

from seta.domain import EXPECTED_COVERAGE, Priority, Scope
from seta.proof.backtest.history import History, Period, regressions_of, star_delay_of
from seta.proof.backtest.policies import POLICIES, knowing
from seta.proof.backtest.scoring import score


@pytest.mark.parametrize("chosen, witnesses, push, by_set, late", [
    pytest.param("b", "ab", 4, 1, 0, id="one of its witnesses runs on every push"),
    pytest.param("b", "a", 3, 0, 0, id="priority 2 happens to run on that push"),
    pytest.param("b", "a", 4, 0, 2, id="priority 2 runs two pushes later"),
    pytest.param("b", "d", 1, 0, 4, id="priority 3 runs four pushes later"),
    pytest.param("b", "ad", 4, 0, 1, id="the first of two to run finds it"),
    pytest.param("b", "e", 4, 1, 0, id="a job that came later runs on every push"),
])
def test_a_regression_is_found_when_a_witness_runs(chosen, witnesses, push, by_set, late):
    (catch,) = scored(chosen, regression(witnesses, push)).catches
    assert catch.by_set == by_set
    assert (catch.pushes_late, catch.minutes_late) == (late, late * 10)
    assert catch.on_push == (late == 0)
    assert catch.soon == (late < 3)


def test_a_witness_that_fails_later_finds_it_later():
    """The chosen job showed it only two pushes on; before that nothing due would have."""
    (catch,) = scored("b", regression("ab", 4, b=6)).catches
    assert (catch.by_set, catch.on_push, catch.pushes_late) == (0, 0, 2)


def test_what_never_runs_again_is_not_found():
    (catch,) = scored("b", regression("d", 6)).catches
    assert (catch.on_push, catch.soon, catch.pushes_late, catch.minutes_late) == (0, 0, None, None)


def test_forced_jobs_run_on_every_push_beside_what_is_chosen():
    (catch,) = scored("", regression("d", 4), of=known(forced="d")).catches
    assert catch.by_set == 1


def test_costs_count_each_priority_as_often_as_the_cadence_runs_it():
    """b on ten pushes, a and c (caught something) on four, d on two: 10 + 8 + 2 minutes."""
    cost = scored("b").cost
    assert (cost.pushes, cost.every_push, cost.with_cadence, cost.full) == (
        10, 10 * 60_000, 20 * 60_000, 40 * 60_000)


def test_a_project_where_everything_runs_costs_and_catches_nothing_of_interest():
    assert scored("b", runs_all=True).cost.pushes == 0


def test_several_sets_count_by_their_mean():
    of = known()
    period = Period(at(0), at(10), (regression("a", 4),), {"trunk": timeline()})
    found = score(of, [columns(of, "a"), columns(of, "b")], period)
    (catch,) = found.catches
    assert (catch.by_set, catch.on_push, catch.pushes_late) == (0.5, 0.5, 1)
    assert found.cost.pushes == 10
    assert found.cost.every_push == 10 * 60_000


@pytest.mark.parametrize("policy, expected", [
    ("everything", {"abcd"}),
    ("nothing but the cadence", {""}),
    ("cover, k = 1", {"b"}),
    ("cover, k = 2", {"abc"}),
    ("greedy by cost", {"b"}),
    ("most failures first", {"b"}),
    ("recent catches for their cost", {"b"}),
])
def test_each_policy_chooses_what_it_says(policy, expected):
    of = known()
    assert set(map(frozenset, POLICIES[policy](of))) == {columns(of, each) for each in expected}


def test_rankings_have_the_machine_time_of_the_plain_cover():
    """b caught most and does not fit into what the cover, a and c, takes."""
    of = known(costs={"b": 150_000})
    assert of.plain == columns(of, "ac") and of.budget == 120_000
    assert POLICIES["most failures first"](of)[0] == columns(of, "ac")
    for chosen in POLICIES["random"](of):
        assert sum(of.costs[column] for column in chosen) <= of.budget


def test_a_budget_is_spent_on_top_of_the_cover_and_as_much_as_redundancy_2_costs():
    """The plain cover is b. Redundancy 2 pays for a and c too; d never caught anything."""
    of = known(costs={"a": 60_000, "b": 50_000, "c": 70_000, "d": 90_000})
    assert of.plain == columns(of, "b") and of.cost_of(of.double) == 180_000
    assert POLICIES["cover and budget, as k = 2"](of) == [columns(of, "abc")]
    assert POLICIES["cover and budget, 1.3"](of) == [columns(of, "b")]    # 15 s pay for nothing
    cheap = known(costs={"a": 60_000, "b": 50_000, "c": 15_000, "d": 15_000})
    assert POLICIES["cover and budget, 1.3"](cheap) == [columns(cheap, "bc")]


def test_what_is_expected_costs_what_the_cover_does_and_is_the_cover_in_small_windows():
    """Sixty regressions: a and b catch many of them, a single one needs each of c and d."""
    many = [f"{number:02}:ab" for number in range(58)] + ["58:c", "59:d"]
    costs = {"a": 50_000, "b": 50_000, "c": 40_000, "d": 40_000}
    of = known(many, costs=costs, jobs="abcd")
    assert of.plain == columns(of, "acd")
    assert POLICIES[EXPECTED_COVERAGE](of) == [columns(of, "ab")]
    few = known(many[1:], costs=costs, jobs="abcd")
    assert POLICIES[EXPECTED_COVERAGE](few) == [few.plain]


def test_what_was_caught_lately_counts_more():
    of = known(("r1:a", "r2:b", "r3:b"), ages={"r1": 1.0, "r2": 90.0, "r3": 90.0},
               costs={"a": 50_000, "b": 50_000})
    ranked = POLICIES["recent catches for their cost"]
    assert ranked(of)[0] == columns(of, "ab")
    old = known(("r1:a", "r2:b", "r3:b"), ages={"r1": 90.0, "r2": 1.0, "r3": 1.0})
    assert ranked(old)[0] == columns(old, "ab")


def test_knowing_the_future_takes_what_will_catch_most():
    of = known()
    later = [columns(of, "d"), columns(of, "d"), columns(of, "a")]
    assert knowing(later)(of) == [columns(of, "d")]


def test_a_regression_is_one_over_all_projects_and_counts_where_it_showed_first():
    """Its failures elsewhere say nothing of when it would have been found there."""
    (found,) = regressions_of([
        failure("r1", "a", 5), failure("r1", "b", 3), failure("r1", "b", 4),
        failure("r1", "c", 4, project="inbound")])
    assert (found.project, found.first_at) == ("trunk", at(3))
    assert found.witnesses == {job("a"): at(5), job("b"): at(3)}
    assert found.known_at == at(3) + timedelta(minutes=120)


def test_the_age_of_a_regression_is_what_was_known_at_the_cut_off():
    """An earlier failure that was starred only afterwards made it no older then."""
    failures = (failure("r1", "a", 6, starred=30), failure("r1", "b", 1, starred=500),
                failure("r2", "a", 2, starred=500))
    history = History(Scope("trunk"), {}, {}, failures, regressions_of(failures), at(100),
                      timedelta(0))
    assert history.ages_at(at(12)) == {"r1": pytest.approx(60 / 1440)}
    assert history.ages_at(at(90)).keys() == {"r1", "r2"}
    assert history.ages_at(at(90))["r1"] == pytest.approx(890 / 1440)


def fixes(period: Period) -> list[str]:
    return [each.fixed_by for each in period.regressions]


def test_a_regression_counts_where_it_first_failed_whenever_it_was_starred():
    """Two landed before the cut-off of push 4, and were starred before and after it."""
    history = history_of(failure("r1", "a", 1, starred=10), failure("r2", "a", 2, starred=500),
                         failure("r3", "a", 4, starred=10), failure("r3", "b", 8, starred=10))
    assert fixes(history.period(at(0), at(4))) == ["r1", "r2"]
    assert fixes(history.period(at(4), at(8))) == ["r3"]
    assert fixes(history.period(at(8), at(12))) == []


def test_a_regression_whose_fix_was_known_at_the_cut_off_does_not_count():
    """Its first failure is out of reach, and others came later."""
    history = history_of(failure("r1", "a", 4), failure("r2", "a", 5))
    assert fixes(history.period(at(4), at(8), known_fixes={"r1"})) == ["r2"]


def test_a_regression_so_young_that_stars_are_missing_does_not_count():
    history = history_of(failure("r1", "a", 4), failure("r2", "a", 5), failure("r3", "a", 6),
                         until=9, star_delay=timedelta(minutes=40))
    assert history.too_young == {"r2", "r3"}
    assert fixes(history.period(at(0), at(9))) == ["r1"]


def test_what_runs_everything_is_not_scored():
    assert fixes(history_of(failure("r1", "a", 4), runs_all=True).period(at(0), at(9))) == []


def test_the_star_delay_is_what_nineteen_of_twenty_failures_take():
    failures = [failure("r1", "a", 0, starred=20 + minutes) for minutes in range(101)]
    assert star_delay_of(failures) == timedelta(minutes=95)
    assert star_delay_of([]) == timedelta(0)


def test_the_timeline_finds_the_next_push_that_runs_a_priority():
    line = timeline()
    assert [line.next_run(Priority.SECOND, push) for push in range(11)] == [
        0, 3, 3, 3, 6, 6, 6, 9, 9, 9, None]
    assert line.runs_between(Priority.THIRD, 1, 6) == 1
    assert line.index_of(at(4) - timedelta(seconds=1)) == 4
