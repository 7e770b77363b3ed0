"""What small daily steps add up to, against the snapshot of 30 days before."""

from dataclasses import replace
from datetime import timedelta

import pytest
from publish.made_evidence import DAY, NOW

from seta.domain import JobPriority, JobType, Priority, Regression
from seta.publish import analyze
from seta.publish.drift import DriftFigures, figures_of, moved
from seta.store.operation.alarms import open_alarms
from seta.store.results.rollup import refresh_all_job_days

BEFORE = DriftFigures(set_cost=36_000_000, unit="ms", regressions=200, witnesses=4.0, single=0.4,
                      job_types_run=400)
NAMES = [f"test-linux64/opt-mochitest-{number}" for number in range(1, 9)]


@pytest.mark.parametrize("changes, says", [
    pytest.param({}, None, id="nothing"),
    pytest.param({"job_types_run": 300, "set_cost": 24_000_000, "witnesses": 3.0, "single": 0.55},
                 None, id="each less than its limit"),
    pytest.param({"job_types_run": 299}, "job types that ran within two weeks went from 400 to 299",
                 id="jobs that do not run"),
    pytest.param({"set_cost": 18_000_000}, "set went from 10.0 hours to 5.0 hours", id="half"),
    pytest.param({"witnesses": 2.0}, "witnesses of a regression went from 4.0 to 2.0", id="few"),
    pytest.param({"single": 0.6}, "single witness went from 40% to 60%", id="single witnesses"),
    pytest.param({"single": 0.9, "witnesses": 1.0, "regressions": 29}, None, id="few regressions"),
    pytest.param({"set_cost": 3, "unit": "jobs"}, None, id="another unit"),
    pytest.param({"set_cost": 90_000_000, "witnesses": 9.0, "single": 0.1, "job_types_run": 900},
                 None, id="the better way"),
])
def test_each_figure_may_move_so_far(changes, says):
    found = moved(BEFORE, replace(BEFORE, **changes))
    assert (len(found) == 1 and says in found[0] and "check " in found[0]) if says else not found


def test_another_way_to_decide_is_no_drift():
    other = replace(BEFORE, set_cost=1, single=1.0, witnesses=1.0)
    assert not moved(BEFORE, other, is_decided_alike=False)
    assert moved(BEFORE, replace(other, job_types_run=1), is_decided_alike=False)


def test_the_figures_are_of_living_witnesses_and_of_what_was_chosen():
    a, b, gone = (JobType("linux64", "opt", name) for name in ("a", "b", "gone"))
    made = figures_of(
        [Regression("1", frozenset({a, b})), Regression("2", frozenset({a, gone})),
         Regression("3", frozenset({gone}))], {"autoland": frozenset({a, b})},
        [JobPriority(a, Priority.FIRST, "chosen", 5, 2, {}),
         JobPriority(b, Priority.FIRST, "forced: promoted", 7, 1, {}),
         JobPriority(gone, Priority.FIRST, "forced: build", 100, 1, {})],
        unit="ms", job_types_run=9)
    assert made == DriftFigures(12, "ms", 2, 1.5, 0.5, 9)


def test_jobs_that_stop_running_are_an_alarm_until_they_run_again(
        trunk, sessions, settings):
    """All are listed, so that they stay alive; nothing is held back for it."""
    trunk.listed(*NAMES, seen_at=NOW - 80 * DAY).caught("a" * 12, *NAMES, at=NOW - 60 * DAY)

    def decide(day, *, ran):
        now = NOW + day * DAY
        for name in ran:
            trunk.result(name, at=now - 3 * DAY)
        refresh_all_job_days(sessions)
        snapshot = analyze(sessions, "trunk", now=now, settings=settings)
        assert snapshot.is_published
        with sessions() as session:
            return {each.message for each in open_alarms(session)}, snapshot

    first, before = decide(-45, ran=NAMES)
    assert not first and before.inputs["drift"]["job_types_run"] == 8
    assert not decide(-40, ran=NAMES[:1])[0]    # others ran in the last two weeks, as before
    (message,), alarming = decide(-25, ran=NAMES[:1])
    assert f"since snapshot {before.id} of " in message and "from 8 to 1" in message
    assert alarming.inputs["drift"]["against"] == before.id
    assert decide(15, ran=NAMES[:1])[0]      # no better than a month ago, and still an alarm
    assert not decide(16, ran=NAMES)[0]
    past = analyze(sessions, "trunk", now=NOW + 17 * DAY, as_of=NOW - timedelta(days=30),
                   settings=settings, dry_run=True)
    assert "drift" not in past.inputs
