"""What a snapshot saves: its priorities under the cadence, on the pushes that came before it."""

from datetime import timedelta

import pytest
from ci_world import NOON, Results

from seta.domain import Cadence, Interval, Push
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
