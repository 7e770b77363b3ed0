"""What a snapshot saves: its priorities under the cadence, on the pushes that came before it."""

import doctest
from datetime import timedelta

import pytest
from ci_world import NOON, Results
from sqlalchemy import select

from seta.domain import Cadence, Interval, Push
from seta.proof import backfills, costs
from seta.store import schema
from seta.store.snapshots import snapshots_of

AS_OF = NOON - timedelta(hours=1)
MINUTE = 60_000   # each job takes one; two are of priority 1, two of priority 2, one of priority 3


def add_pushes(api, count, *, apart=timedelta(minutes=1)):
    """Add pushes, the last one just before the snapshot."""
    with api.sessions.begin() as session:
        results = Results(session, "autoland")
        for number in range(count):
            at = AS_OF - (count - number) * apart
            push = Push("autoland", f"{number:040x}", at)
            results.push_id(push.revision, push.pushed_at)


def add_regressions(api, caught_by, *, needed_for):
    """Let the snapshot be decided on these regressions, by fixing revision; both are by name."""
    with api.sessions.begin() as session:
        results = Results(session, "autoland")
        (snapshot,) = session.scalars(select(schema.Snapshot))
        snapshot.regressions = len(caught_by)

        def type_of(name):
            return session.get(schema.JobName, results.name_id(f"test-linux64/opt-{name}" if
                               name != "build" else "build-linux64/opt")).job_type_id
        for fixed_by, names in caught_by.items():
            session.add(schema.SnapshotRegression(
                snapshot_id=snapshot.id, fixed_by=fixed_by, caught_by=list(map(type_of, names))))
        for name in {name for names in caught_by.values() for name in names}:
            row = session.get(schema.SnapshotPriority, (snapshot.id, type_of(name)))
            row.caught = sum(name in names for names in caught_by.values())
            row.certificate = {"kind": "chosen", "needed_for": needed_for[name]} \
                if name in needed_for else {"kind": "covered", "by": {}}
            if name == "build":
                row.reason = "forced: build"


def savings(api):
    with api.sessions() as session:
        (snapshot,) = snapshots_of(session, "trunk")
    answer = api.get(f"/snapshots/{snapshot.id}/savings")
    assert answer.status_code == 200 and answer.json["unit"] == "ms"
    return answer.json["items"]


def test_priorities_count_as_often_as_the_cadence_runs_them(api):
    """Of ten pushes the first runs everything, and the sixth priority 2: 20 + 4 + 1 minutes."""
    api.add_project()
    add_pushes(api, 10)
    (found,) = savings(api)
    assert found["project"] == "autoland"
    assert found["full_run"] == 5 * MINUTE and found["every_push"] == 2 * MINUTE
    assert found["expected"] == pytest.approx(2.5 * MINUTE)
    assert found["saved"] == pytest.approx(2.5 * MINUTE) and found["saved_share"] == 0.5
    assert (found["pushes"], found["days"]) == (10, pytest.approx(10 / 1440))
    assert found["saved_per_day"] is None   # ten minutes say nothing of a day


def test_a_staggered_cadence_costs_a_turn_on_each_push(api):
    """After the first, each push runs a fifth of priority 2 and a tenth of priority 3."""
    api.add_project(cadence=Cadence(is_staggered=True))
    add_pushes(api, 10)
    (found,) = savings(api)
    assert found["expected"] == pytest.approx((5 + 9 * (2 + 2 / 5 + 1 / 10)) / 10 * MINUTE)


def test_what_a_day_saves_is_the_mean_over_the_days_of_the_pushes(api):
    """Twelve hours apart the backstop would run everything: its limit is put off."""
    far = Interval(100, 100_000)
    api.add_project(cadence=Cadence(Interval(2, 100_000), far, far))
    add_pushes(api, 10, apart=timedelta(hours=12))
    (found,) = savings(api)
    assert found["expected"] == pytest.approx((5 + 4 * 4 + 5 * 2) / 10 * MINUTE)
    assert found["days"] == pytest.approx(5)
    assert found["saved_per_day"] == pytest.approx(2 * found["saved"])


def test_only_pushes_of_the_last_two_weeks_count(api):
    """Six days apart each runs everything, since all limits have passed."""
    api.add_project()
    add_pushes(api, 4, apart=timedelta(days=6))
    (found,) = savings(api)
    assert found["pushes"] == 2 and found["expected"] == found["full_run"]
    assert found["saved"] == 0


def test_without_pushes_nothing_is_promised(api):
    api.add_project()
    (found,) = savings(api)
    assert found["full_run"] == 5 * MINUTE
    assert found["expected"] is found["saved"] is found["saved_share"] is None


def test_a_project_where_everything_runs_saves_nothing(api):
    api.add_project(is_integration=False)
    add_pushes(api, 10)
    (found,) = savings(api)
    assert found["expected"] == found["full_run"] and found["saved"] == 0


def test_an_unknown_snapshot_is_not_found(api):
    answer = api.get("/snapshots/99/savings")
    assert answer.status_code == 404 and "99" in answer.text


# Of ten pushes priority 2 runs on 0 and 5: the suspects are 1, 5 and, at the end, 4, which takes
# (1 * 0 + 5 * 2.4 + 4 * 2) / 10 runs. Priority 3 runs on 0: (1 * 0 + 9 * 29/9) / 10.
SECOND, THIRD = 2.0, 2.9


@pytest.mark.parametrize("caught_by, needed_for, share, runs", [
    pytest.param({"a": ["high", "low-1"], "b": ["build", "low-1"]}, {"high": ["a"]}, 1 / 2,
                 SECOND / 2, id="chosen for this alone, and a forced job for the other"),
    pytest.param({"a": ["high", "low-1"], "b": ["high"]}, {"high": ["a", "b"]}, 0, 0,
                 id="chosen for another too"),
    pytest.param({"a": ["high", "low-1"]}, {"high": ["a"]}, 1, THIRD,
                 id="neither had caught anything else"),
    pytest.param({"a": ["high", "low-rare"], "b": ["high"]}, {"high": ["a", "b"]}, 0, 0,
                 id="one of priority 1 is the soonest"),
])
def test_who_finds_a_regression_that_the_set_was_not_made_for_may_have_to_bisect(
    api, caught_by, needed_for, share, runs
):
    api.add_project()
    add_pushes(api, 10)
    add_regressions(api, caught_by, needed_for=needed_for)
    (found,) = savings(api)
    assert found["low_value_share"] == pytest.approx(share)
    assert found["regressions_per_push"] == pytest.approx(len(caught_by) / 10)
    assert found["backfills"] == pytest.approx(runs * MINUTE * len(caught_by) / 10)
    assert found["net_saved"] == pytest.approx(2.5 * MINUTE - found["backfills"])
    assert found["net_saved_share"] == pytest.approx(found["net_saved"] / (5 * MINUTE))


def test_money_is_machine_time_at_the_price_of_each_pool(api):
    """Five jobs of a minute at 6 an hour are 0.5; two of them are of a pool at 12."""
    api.add_project(priorities={1: ("build-linux64/opt", "test-osx/opt-high"),
                                2: ("test-linux64/opt-low-1", "test-osx/opt-low-2"),
                                3: ("test-linux64/opt-low-rare",)})
    add_pushes(api, 10)
    api.restart(price=(("osx*", 12.0), ("*", 6.0)), currency="$")
    (found,) = savings(api)
    money = found["money"]
    assert money["currency"] == "$" and found["why_no_money"] is None
    assert money["full_run"] == pytest.approx(0.7) and money["every_push"] == pytest.approx(0.3)
    assert money["expected"] == pytest.approx((10 * 0.3 + 2 * 0.3 + 0.1) / 10)
    assert money["saved"] == money["net_saved"] == pytest.approx(0.7 - money["expected"])
    assert money["backfills"] == 0
    assert money["computed_from"] == [
        {"platform": platform, "price_per_hour": price, "full_run_ms": full * MINUTE,
         "every_push_ms": MINUTE, "expected_ms": pytest.approx(expected * MINUTE),
         "backfills_ms": 0}
        for platform, price, full, expected in (("linux64", 6, 3, 1.3), ("osx", 12, 2, 1.2))]


def test_money_is_refused_with_a_reason(api):
    api.add_project()
    add_pushes(api, 10)
    (found,) = savings(api)
    assert found["money"] is None and "SETA_PRICE" in found["why_no_money"]
    api.restart(price=(("*", 6.0),))
    with api.sessions.begin() as session:
        session.scalars(select(schema.Snapshot)).one().unit = "jobs"
    (found,) = api.get("/snapshots/1/savings").json["items"]
    assert found["money"] is None and "no duration is known" in found["why_no_money"]


def test_a_project_shows_what_its_published_snapshot_saves(api):
    api.add_project()
    assert api.get("/projects/autoland").json["savings"]["expected"] is None
    add_pushes(api, 10)
    (found,) = savings(api)
    shown = api.get("/projects/autoland").json["savings"]
    assert shown == found | {"snapshot": 1, "unit": "ms"}
    api.add_project("try", snapshot=False)
    assert api.get("/projects/try").json["savings"] is None


def test_the_examples_in_the_docstrings_run():
    assert doctest.testmod(backfills).failed == doctest.testmod(costs).failed == 0
