"""Policies over many cut-offs: a choice is reported where it was not made, and sets get older."""

from dataclasses import replace

import numpy as np
import pytest
from proof_world import at, columns, job, known, regression, timeline

from seta.domain import JobType, Scope
from seta.proof.backtest.ages import age_figures, by_age
from seta.proof.backtest.choosing import choose
from seta.proof.backtest.costs import Bill, Cost
from seta.proof.backtest.figures import origins_of, period_figures, platform_figures
from seta.proof.backtest.history import Period
from seta.proof.backtest.plan import Plan
from seta.proof.backtest.policies import AS_DECIDED, CEILING, EVERY_NTH, PLAIN, POLICIES
from seta.proof.backtest.policy_scores import policy_scores, turnover
from seta.proof.backtest.scoring import Catch, Score, score
from seta.proof.backtest.trials import Trial, Tried, try_policies
from seta.proof.misses.promise import policy_in_force


def score_of(caught: str, cost=10.0) -> Score:
    """Of a cut-off with these regressions, as in ``110``: 1 where it was caught."""
    return Score([Catch(f"r{number}", float(each), float(each), float(each), 0.0, 0.0)
                  for number, each in enumerate(caught)], Bill(Cost(1, cost), Cost(1, cost)))


def test_a_choice_is_reported_on_later_cut_offs_than_it_was_made_on():
    """Luck was right on both of the first, and wrong on the later ones."""
    scores = [{PLAIN: score_of("10"), "luck": score_of(luck), "worse": score_of("00")}
              for luck in ("11", "11", "00", "10")]
    found = choose(scores, ["luck", "worse", PLAIN])
    assert (found.policy, found.made_by_set) == ("luck", 1)
    assert (found.made_on, found.reported_on) == (2, 2)
    assert (found.made_regressions, found.reported_regressions) == (4, 4)
    assert (found.reported.by_set, found.plain.by_set) == (0.25, 0.5)
    assert found.reported.difference == -0.25


def test_what_costs_more_may_not_be_chosen():
    scores = [{PLAIN: score_of("10"), "dear": score_of("11", 12), "cheap": score_of("10", 9)}] * 4
    assert choose(scores, [PLAIN, "dear", "cheap"]).policy == "cheap"
    assert choose(scores, [PLAIN, "dear", "cheap"], cost_limit=1.2).policy == "dear"
    assert choose(scores, ["dear"]).policy == PLAIN


@pytest.mark.parametrize("scores", [
    pytest.param([], id="no cut-offs"),
    pytest.param([{PLAIN: score_of("1")}], id="one"),
    pytest.param([{PLAIN: score_of("1")}, {PLAIN: score_of("")}], id="nothing came after it"),
])
def test_without_two_halves_there_is_no_choice(scores):
    assert choose(scores, [PLAIN]) is None


def test_differences_to_the_plain_cover_are_of_the_same_regressions():
    scores = [{PLAIN: score_of("1010"), "other": score_of("1110")}] * 10
    plain, other = policy_scores(scores)
    assert (plain.difference, other.difference) == (0, 0.25)
    assert other.difference_interval[0] > 0
    assert plain.audited is None and plain.turnover is None


def test_turnover_is_the_changed_share_of_both_sets_union():
    assert turnover([np.array([1, 2]), np.array([1, 2])]) == 0
    assert turnover([np.array([1, 2]), np.array([3])]) == 1
    assert turnover([np.array([1, 2, 3]), np.array([2, 3, 4])]) == 0.5
    assert turnover([np.array([1])]) is None


def test_a_set_is_tried_on_what_comes_weeks_after_it():
    """At once, a week and a month later; a caught the first only, and what is new always runs."""
    of = known()
    days = 24 * 6       # pushes
    came = [regression("a", 1 * days, fixed_by="r1"), regression("d", 8 * days, fixed_by="r2"),
            regression("e", 29 * days, fixed_by="r3"), regression("a", 70 * days, fixed_by="r4")]
    period = Period(at(0), at(7 * days), tuple(came[:1]), {"trunk": timeline()}, None,
                    tuple(came[1:]))
    found = by_age(of.board, columns(of, "a"), period)
    assert [(each.fixed_by, each.age, each.is_caught) for each in found] == [
        ("r1", 0, True), ("r2", 1, False), ("r3", 2, True)]


def test_older_sets_are_compared_with_the_youngest_on_the_same_regressions():
    """r2 was tried by two older sets, of which one caught it, and by a young one, which did."""
    of, days = known(), 24 * 6
    periods = [Period(at(week * 7 * days), at((week + 1) * 7 * days), tuple(came),
                      {"trunk": timeline()})
               for week, came in enumerate(([regression("a", 0, fixed_by="r1")], [],
                                            [regression("a", 14 * days, fixed_by="r2")]))]
    tried = [replace(period, later=tuple(each for other in periods[place + 1:]
                                         for each in other.regressions))
             for place, period in enumerate(periods)]
    aged = [each for period, chosen in zip(tried, ("b", "a", "a"))
            for each in by_age(of.board, columns(of, chosen), period)]
    youngest, week, weeks = age_figures(aged, periods)
    assert (youngest.regressions, youngest.by_set, youngest.compared) == (2, 0.5, 2)
    assert (week.from_days, week.regressions, week.by_set, week.difference) == (7, 1, 1, 0)
    assert (weeks.from_days, weeks.regressions, weeks.by_set, weeks.difference) == (14, 1, 0, -1)


def test_figures_by_platform_and_cut_off():
    """r1 showed on both platforms, r2 on Windows alone."""
    of = known()
    other = JobType("windows10-64", "opt", "w")
    both = regression("b", 4, fixed_by="r1")
    both.witnesses[other] = both.first_at
    alone = replace(regression("a", 4, passed=1, fixed_by="r2"), witnesses={job("a"): at(4)})
    period = Period(at(0), at(10), (both, alone), {"trunk": timeline()})
    tried = Tried(period, "ms", PLAIN, {PLAIN: score(of, [columns(of, "b")], period)}, 0)
    linux, windows = platform_figures([tried])
    assert (linux.platform, linux.regressions, linux.by_set) == ("linux64", 2, 0.5)
    assert (linux.only_here, linux.only_by_set) == (1, 0)
    assert (linux.every_push, linux.full) == (60_000, 4 * 60_000)
    assert (windows.regressions, windows.only_here, windows.only_by_set) == (1, 0, None)
    (figure,) = period_figures([tried])
    assert (figure.regressions, figure.pushes, figure.by_set) == (2, 10, {PLAIN: 0.5})
    origins = origins_of([period])
    assert (origins.known, origins.several, origins.unknown) == (0, 1, 1)
    assert origins.suspects == {"median": 3, "p90": 3, "max": 3}


def test_a_trial_tries_what_was_asked_for():
    of = known()
    period = Period(at(0), at(10), (regression("a", 4),), {"trunk": timeline()})

    def names(*policies, **more):
        plan = Plan("trunk", at(0), at(10), at(10) - at(0), policies=policies, **more)
        return list(try_policies(Trial(of, period, plan)).scores)
    everything = [*POLICIES, EVERY_NTH, CEILING]
    assert names() == names("best") == everything
    assert names("random") == ["random", PLAIN]
    assert names(CEILING, "cover, k = 7") == [PLAIN, "cover, k = 7", CEILING]
    assert names("best", "drop-one", redundancy=2) == ["drop-one", PLAIN, "cover, k = 2"]
    assert names(redundancy=5) == [*everything[:-1], "cover, k = 5", CEILING]


def test_a_scope_with_a_budget_is_reported_as_it_decides():
    """b covers both regressions; twice its cost is spent on one job more."""
    of = known(ages={"r1": 1.0, "r2": 2.0})
    period = Period(at(0), at(10), (regression("a", 4),), {"trunk": timeline()})
    plan = Plan("trunk", at(0), at(10), at(10) - at(0), policies=("random",))
    rich = replace(of, problem=replace(of.problem, budget=2.0))
    found = try_policies(Trial(rich, period, plan))
    assert found.main == AS_DECIDED and list(found.scores) == ["random", PLAIN, AS_DECIDED]
    assert found.scores[AS_DECIDED].bill.jobs.every_push == 20
    assert len(found.chosen[AS_DECIDED]) == 2
    assert try_policies(Trial(rich, period, replace(plan, redundancy=1))).main == PLAIN
    assert try_policies(Trial(of, period, plan)).main == PLAIN


@pytest.mark.parametrize("policies, in_force", [
    ([PLAIN], PLAIN),
    ([PLAIN, "cover, k = 2"], "cover, k = 2"),
    ([PLAIN, "cover, k = 2", AS_DECIDED], AS_DECIDED),
])
def test_the_alarm_on_misses_goes_by_what_is_in_force(policies, in_force):
    result = {"policies": [{"policy": name} for name in policies]}
    assert policy_in_force(result, Scope("trunk", redundancy=2)) == {"policy": in_force}
    assert policy_in_force({}, Scope("trunk")) is None
