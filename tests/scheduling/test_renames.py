"""R30: job types that took another name keep their history."""

from datetime import timedelta

import pytest
from scheduling_world import NOON
from sqlalchemy import select

from seta.errors import BadInput, Conflict, NotFound
from seta.names import NewWords, Pattern, Rename
from seta.scheduling import rename_plans
from seta.store import operation, renames, tables


def rename(old="linux64", new="linux1804-64", **more):
    return Rename(Pattern(platform=old), NewWords(platform=new),
                  more.pop("since", NOON), "ann", "new workers")


def test_a_dry_run_says_what_is_carried_over(ci, results):
    results.name_id("test-linux1804-64/opt-high")
    carried = rename_plans.plan_rename(ci.session, "trunk", rename(), now=NOON)
    found = {str(each.old): (str(each.new), each.is_known) for each in carried}
    assert found["linux64/opt-high"] == ("linux1804-64/opt-high", True)
    assert found["linux64/opt-low-1"] == ("linux1804-64/opt-low-1", False)
    assert renames.renames(ci.session, "trunk") == []


def test_a_rename_comes_back_as_it_was_stored(ci, results):
    stored, carried = rename_plans.add_rename(ci.session, "trunk", rename(), now=NOON)
    assert renames.renames(ci.session, "trunk", active_at=NOON) == [stored]
    assert stored.rename == rename() and len(carried) == 5
    assert operation.audit_entries(ci.session)[0].what == "add rename"


def test_one_that_is_active_cannot_be_added_again(ci):
    rename_plans.add_rename(ci.session, "trunk", rename(), now=NOON)
    with pytest.raises(Conflict, match="active already"):
        rename_plans.add_rename(ci.session, "trunk", rename(), now=NOON)


def test_a_circle_is_refused(ci):
    rename_plans.add_rename(ci.session, "trunk", rename("a", "b"), now=NOON)
    with pytest.raises(BadInput, match="circle"):
        rename_plans.add_rename(ci.session, "trunk", rename("b", "a"), now=NOON)


def test_one_that_ended_is_believed_no_more(ci):
    stored, _ = rename_plans.add_rename(ci.session, "trunk", rename(), now=NOON)
    rename_plans.end_rename(ci.session, stored.id, who="bob", now=ci.at(1))
    assert renames.renames(ci.session, "trunk", active_at=ci.at(1)) == []
    assert len(renames.renames(ci.session, "trunk", active_at=NOON)) == 1
    with pytest.raises(Conflict, match="not active"):
        rename_plans.end_rename(ci.session, stored.id, who="bob", now=ci.at(2))
    with pytest.raises(NotFound, match="no rename 99"):
        rename_plans.end_rename(ci.session, 99, who="bob", now=ci.at(2))


def saw(results, name, first, last):
    """Let a job be seen on two days, so many days before now."""
    for days in (first, last):
        day = NOON - timedelta(days=days)
        results.session.merge(tables.JobDay(
            job_name_id=results.name_id(name), day=day.date(), runs=1, failures=0, timed_runs=0,
            milliseconds=0, first_at=day, last_at=day))
    results.session.flush()


OLD = ("test-osx-10-8/opt-x", 90, 10)
NEW = ("test-osx-10-10/opt-x", 9, 0)
STEADY = ("test-linux64/opt-x", 90, 0)


@pytest.mark.parametrize("seen, vanished", [
    pytest.param([STEADY, OLD, NEW], ("osx-10-8",), id="one goes, another comes"),
    pytest.param([STEADY, OLD], (), id="one goes"),
    pytest.param([STEADY, NEW], (), id="one comes"),
    pytest.param([("test-osx-10-8/opt-x", 90, 0), NEW], (), id="both are there"),
    pytest.param([("test-osx-10-8/opt-x", 90, 60), STEADY, NEW], (), id="it went long ago"),
    pytest.param([("test-osx-10-8/opt-x", 10, 10), NEW], (), id="a fresh installation"),
    pytest.param([("test-osx-10-8/opt-x", 90, 30), ("test-linux64/opt-x", 90, 30)], (),
                 id="an outage"),
    pytest.param([], (), id="nothing"),
])
def test_a_platform_that_vanishes_while_another_appears_is_an_alarm(ci, results, seen, vanished):
    for each in seen:
        saw(results, *each)
    assert rename_plans.watch_platforms(ci.session, ci.project) == vanished
    alarms = operation.open_alarms(ci.session)
    assert [alarm.subject for alarm in alarms] == ["platforms autoland"] * bool(vanished)


def test_a_rename_clears_the_alarm(ci, results):
    for each in (STEADY, OLD, NEW):
        saw(results, *each)
    rename_plans.watch_platforms(ci.session, ci.project)
    rename_plans.add_rename(ci.session, "trunk", rename("osx-10-8", "osx-10-10"), now=NOON)
    assert rename_plans.watch_platforms(ci.session, ci.project) == ()
    assert operation.open_alarms(ci.session) == []
    assert ci.session.scalar(select(tables.Alarm.cleared_at)) is not None
