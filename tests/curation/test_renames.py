"""R30: job types that took another name keep their history."""

from datetime import timedelta

import pytest
from ci_world import NOON
from sqlalchemy import select

from seta.curation import renames
from seta.domain import NewFields, Pattern, Rename
from seta.errors import BadInput, Conflict, NotFound
from seta.store import schema
from seta.store.curation import renames as store
from seta.store.operation.alarms import open_alarms
from seta.store.operation.audit import audit_entries


def rename(old="linux64", new="linux1804-64", **more):
    return Rename(Pattern(platform=old), NewFields(platform=new),
                  more.pop("since", NOON), "ann", "new workers")


def test_a_dry_run_says_what_is_carried_over(ci, results):
    results.name_id("test-linux1804-64/opt-high")
    carried = renames.plan_rename(ci.session, "trunk", rename(), now=NOON)
    found = {str(each.old): (str(each.new), each.is_known) for each in carried}
    assert found["linux64/opt-high"] == ("linux1804-64/opt-high", True)
    assert found["linux64/opt-low-1"] == ("linux1804-64/opt-low-1", False)
    assert store.renames(ci.session, "trunk") == []


def test_a_rename_comes_back_as_it_was_stored(ci, results):
    stored, carried = renames.add_rename(ci.session, "trunk", rename(), now=NOON)
    assert store.renames(ci.session, "trunk", active_at=NOON) == [stored]
    assert stored.rename == rename() and len(carried) == 5
    assert audit_entries(ci.session)[0].what == "add rename"


def test_one_that_is_active_cannot_be_added_again(ci):
    renames.add_rename(ci.session, "trunk", rename(), now=NOON)
    with pytest.raises(Conflict, match="already active"):
        renames.add_rename(ci.session, "trunk", rename(), now=NOON)


def test_a_cycle_is_refused(ci):
    renames.add_rename(ci.session, "trunk", rename("a", "b"), now=NOON)
    with pytest.raises(BadInput, match="cycle"):
        renames.add_rename(ci.session, "trunk", rename("b", "a"), now=NOON)


def test_one_that_ended_no_longer_applies(ci):
    stored, _ = renames.add_rename(ci.session, "trunk", rename(), now=NOON)
    renames.end_rename(ci.session, stored.id, who="bob", now=ci.at(1))
    assert store.renames(ci.session, "trunk", active_at=ci.at(1)) == []
    assert len(store.renames(ci.session, "trunk", active_at=NOON)) == 1
    with pytest.raises(Conflict, match="not active"):
        renames.end_rename(ci.session, stored.id, who="bob", now=ci.at(2))
    with pytest.raises(NotFound, match="no rename 99"):
        renames.end_rename(ci.session, 99, who="bob", now=ci.at(2))


def saw(results, name, first, last):
    """Let a job be seen on two days, so many days before now."""
    for days in (first, last):
        day = NOON - timedelta(days=days)
        results.session.merge(schema.JobDay(
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
    assert renames.watch_platforms(ci.session, ci.project) == vanished
    alarms = open_alarms(ci.session)
    assert [alarm.subject for alarm in alarms] == ["platforms autoland"] * bool(vanished)


def test_a_rename_clears_the_alarm(ci, results):
    for each in (STEADY, OLD, NEW):
        saw(results, *each)
    renames.watch_platforms(ci.session, ci.project)
    renames.add_rename(ci.session, "trunk", rename("osx-10-8", "osx-10-10"), now=NOON)
    assert renames.watch_platforms(ci.session, ci.project) == ()
    assert open_alarms(ci.session) == []
    assert ci.session.scalar(select(schema.Alarm.cleared_at)) is not None
