"""Which push broke it, when it is known only by a later one, and what finding it takes."""

from dataclasses import replace

import pytest
from proof_world import at, columns, known, regression, scored, timeline

from seta.domain import Interval, Priority
from seta.proof.backtest.history import Period
from seta.proof.backtest.policies import POLICIES, RANKINGS, knowing
from seta.proof.backtest.scoring import Hunt, score, score_every_nth
from seta.proof.backtest.timelines import EveryNth

MINUTE = 60_000


def test_a_pass_on_the_push_before_leaves_one_suspect():
    """As where everything ran: the figures are those of a history without passes."""
    for chosen in ("b", "ab", "d", ""):
        for witnesses in ("ab", "a", "d"):
            with_pass = regression(witnesses, 4, passed=3)
            assert scored(chosen, with_pass).catches == scored(
                chosen, replace(with_pass, last_pass=None)).catches


def test_each_suspect_counts_alike_where_jobs_were_left_out():
    """It broke on push 2, 3 or 4, and the witness runs on 3 and 6: one, no or two pushes late."""
    (catch,) = scored("b", regression("a", 4, passed=1)).catches
    assert (catch.on_push, catch.at_least, catch.at_most) == (pytest.approx(1 / 3), 0, 1)
    assert (catch.by_set, catch.pushes_late, catch.minutes_late) == (0, 1, 10)
    assert catch.soon == 1


def test_a_witness_that_runs_on_every_push_needs_no_culprit():
    (catch,) = scored("a", regression("a", 4, passed=1)).catches
    assert (catch.by_set, catch.on_push, catch.at_least, catch.at_most) == (1, 1, 1, 1)
    assert catch.hunt == Hunt()


def test_a_witness_that_failed_later_fails_from_then_on_whoever_broke_it():
    """d showed it on push 5, where it runs: found one push later, for the last of the suspects."""
    (catch,) = scored("b", regression("ad", 4, passed=2, d=5)).catches
    assert catch.on_push == 0.5             # push 3 by a; push 4 not, since a runs on 6 again
    assert catch.pushes_late == 0.5


def test_the_culprit_is_found_by_bisection_over_the_pushes_left_out():
    """The witness runs on 3 and 6: three pushes may be to blame, so 5/3 runs on average."""
    found = scored("b", regression("a", 4))
    (catch,) = found.catches
    assert (catch.hunt.pushes, catch.hunt.all_runs, catch.hunt.all_time) == (3, 2, 2 * MINUTE)
    assert (catch.hunt.runs, catch.hunt.time) == pytest.approx((5 / 3, 5 / 3 * MINUTE))
    assert (found.bill.time.backfill, found.bill.time.backfill_all) == (
        catch.hunt.time, 2 * MINUTE)
    assert (found.bill.jobs.backfill, found.bill.jobs.backfill_all) == (catch.hunt.runs, 2)


def test_found_on_its_push_by_the_cadence_it_still_needs_a_culprit():
    """Nobody knows that it was this one, and not the two before it."""
    (catch,) = scored("b", regression("a", 3)).catches
    assert (catch.on_push, catch.hunt.pushes) == (1, 3)


def test_of_two_witnesses_that_find_it_the_cheaper_hunt_counts():
    """On push 5 c, which the decision did not know, fails as d does, and is sure at once."""
    (catch,) = scored("b", regression("de", 5)).catches
    assert catch.hunt == Hunt()


def test_what_is_never_found_needs_no_culprit():
    found = scored("b", regression("d", 6))
    assert found.catches[0].hunt is None and found.bill.time.backfill == 0


def test_what_counts_as_soon_can_be_chosen():
    """Two pushes and twenty minutes late."""
    of = known()

    def soon(pushes, minutes):
        period = Period(at(0), at(10), (regression("a", 4),), {"trunk": timeline()},
                        Interval(pushes, minutes))
        return score(of, [columns(of, "b")], period).catches[0].soon
    assert (soon(3, 20), soon(2, 1000), soon(1000, 19)) == (1, 0, 0)


def test_costs_are_counted_in_jobs_too_and_by_platform():
    bill = scored("b").bill
    assert (bill.jobs.every_push, bill.jobs.with_cadence, bill.jobs.full) == (10, 20, 40)
    assert bill.platforms == {"linux64": (10 * MINUTE, 40 * MINUTE)}


def test_every_nth_push_has_all_places_to_begin():
    """Of N = 4 ways, one runs everything on push 4; found 0, 3, 2 and 1 pushes late."""
    of = known()      # four jobs; the plain cover is one of them
    period = Period(at(0), at(10), (regression("d", 4),), {"trunk": timeline()})
    found = score_every_nth(of, period)
    (catch,) = found.catches
    assert (catch.by_set, catch.on_push, catch.pushes_late) == (0.25, 0.25, 1.5)
    assert catch.hunt.pushes == 4
    assert found.cost.every_push == found.cost.with_cadence == 10 * 4 * MINUTE / 4


def test_an_every_nth_timeline_agrees_with_its_definition():
    for interval in (1, 3, 4):
        for begin in range(interval):
            line = EveryNth(timeline(), interval, begin)
            runs = [push for push in range(10) if push % interval == begin]
            for push in range(11):
                assert line.next_run(Priority.SECOND, push) == min(
                    (run for run in runs if run >= push), default=None)
                assert line.last_run(Priority.THIRD, push) == max(
                    (run for run in runs if run < push), default=-1)
                assert line.runs_between(Priority.SECOND, push, 10) == sum(
                    run >= push for run in runs)
                assert line.last_run(Priority.FIRST, push) == push - 1


@pytest.mark.parametrize("policy", RANKINGS)
def test_a_ranking_may_have_the_number_of_jobs_of_the_plain_cover(policy):
    of = known(costs={"b": 150_000})
    assert of.plain == columns(of, "ac")
    assert of.counted.budget == 2 and of.counted.plain is of.plain
    for chosen in POLICIES[policy](of.counted):
        assert len(chosen) == 2
    assert knowing([columns(of, "b"), columns(of, "d")])(of.counted) == [columns(of, "bd")]


def test_the_last_run_is_before_the_push():
    line = timeline()
    assert [line.last_run(Priority.SECOND, push) for push in range(10)] == [
        -1, 0, 0, 0, 3, 3, 3, 6, 6, 6]
    assert regression("a", 4, passed=1).suspects(line) == range(2, 5)
