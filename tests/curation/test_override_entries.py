"""Overrides as people write them, today and in the preseeds of earlier SETAs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ci_world import NOON

from seta.curation.override_entries import read_entries, read_entry, read_file, read_text
from seta.domain import JobType, Priority
from seta.errors import BadInput

DATA = Path(__file__).parents[1] / "data" / "preseeds"
GOOD = {"platform": "linux*", "priority": 2, "reason": "broken there"}


def read(entry, **more):
    return read_entry(entry, scope="trunk", who="ann", now=NOON, **more)


def test_an_entry_is_read_with_all_its_fields():
    found = read({"platform": "linux*", "build_type": "opt", "test_suite": "talos-*",
                  "build_system": "buildbot", "priority": 3, "reason": "slow", "who": "bob",
                  "expires": "2026-04-01"})
    assert str(found.pattern) == "linux*/opt-talos-*"
    assert (found.priority, found.build_system) == (Priority.THIRD, "buildbot")
    assert (found.reason, found.who, found.created_at) == ("slow", "bob", NOON)
    assert found.expires_at == datetime(2026, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize("expires, at", [
    pytest.param(None, None, id="nothing"),
    pytest.param("never", None, id="never"),
    pytest.param("*", None, id="the old never"),
    pytest.param("2026-03-01T13:00:00+01:00", None, id="now: it would never hold"),
    pytest.param("2026-03-01T13:00:01+01:00", NOON + timedelta(seconds=1), id="a second later"),
])
def test_expiry_is_exact_to_the_second(expires, at):
    """R52: no arithmetic with minutes for months."""
    entry = GOOD | {"expires": expires}
    if expires and expires.endswith("00:00+01:00"):
        with pytest.raises(BadInput, match="expired at 2026-03-01 12:00:00"):
            read(entry)
    else:
        assert read(entry).expires_at == at


@pytest.mark.parametrize("change, message", [
    pytest.param({"platfrom": "x"}, "unknown field platfrom", id="misspelt field"),
    pytest.param({"priority": 5}, "priority must be 1, 2 or 3, not 5", id="the old 5"),
    pytest.param({"priority": True}, "not True", id="true"),
    pytest.param({"priority": None}, "either a priority", id="no decision"),
    pytest.param({"never_skip": True}, "either a priority", id="both decisions"),
    pytest.param({"never_skip": 1, "priority": None}, "true or false, not 1", id="1 for true"),
    pytest.param({"reason": " "}, "reason must be", id="no reason"),
    pytest.param({"who": ""}, "who must be", id="nobody"),
    pytest.param({"platform": None}, "no jobs are selected", id="no pattern"),
    pytest.param({"platform": "linux(x64)"}, "linux\\(x64\\)", id="no glob"),
    pytest.param({"name": "a"}, "full name or globs", id="name and glob"),
    pytest.param({"build_system": "Build Bot"}, "Build Bot", id="build system"),
    pytest.param({"expires": "soon"}, "'soon'", id="no date"),
    pytest.param({"expires": "2016-09-21"}, "expired at", id="past"),
])
def test_what_is_wrong_is_named(change, message):
    """R54: unknown keys and values are refused."""
    with pytest.raises(BadInput, match=message):
        read(GOOD | change)


def test_all_that_is_wrong_in_a_file_is_reported_at_once():
    """R54: validated whole before any is stored."""
    with pytest.raises(BadInput, match="entry 2: .*priority.*; entry 4: .*reason"):
        read_entries([GOOD, GOOD | {"priority": 9}, GOOD, GOOD | {"reason": ""}],
                     scope="trunk", who="ann", now=NOON)


@pytest.mark.parametrize("entries", [{}, "x", None, 5])
def test_what_is_no_list_is_refused(entries):
    with pytest.raises(BadInput, match="a list of entries"):
        read_entries(entries, scope="trunk", who="ann", now=NOON)


def test_the_preseed_of_the_first_seta_is_read():
    found = read_entries(read_file(DATA / "ouija_preseed.json"), scope="trunk", who="ann",
                         now=NOON)
    assert len(found) == 13
    assert str(found[1].pattern) == "linux64/opt-talos-tp5o-e10s"
    assert (found[0].priority, found[1].priority) == (Priority.FIRST, Priority.SECOND)
    assert found[1].expires_at is None and found[1].build_system == "buildbot"
    assert str(found[-1].pattern) == "linux64/pgo-*"


def test_the_preseed_of_the_second_seta_is_read():
    """A testtype with a slash is a full name, which may lower a build."""
    found = read_entries(read_file(DATA / "treeherder_preseed.json"), scope="trunk", who="ann",
                         now=NOON)
    assert [each.pattern.name for each in found][:2] == [
        "build-android-x86_64-asan-fuzzing/opt", "build-linux64-asan-fuzzing/opt"]
    build = JobType("linux64", "asan", "build-fuzzing")
    assert found[1].matches(build, "build-linux64-asan-fuzzing/opt", "taskcluster")


@pytest.mark.parametrize("change, message", [
    pytest.param({"priority": 3}, "1 or 5, not 3", id="priority"),
    pytest.param({"owner": "x"}, "unknown field owner", id="unknown field"),
    pytest.param({"expires": 5}, "expires in an old preseed", id="no text"),
])
def test_an_old_preseed_is_checked_too(change, message):
    old = {"platform": "linux64", "buildtype": "opt", "testtype": "tp5o",
           "build_system_type": "buildbot", "expires": "*", "priority": 1, "timeout": 0}
    with pytest.raises(BadInput, match=message):
        read(old | change)


def test_yaml_is_read_like_json():
    text = "- platform: linux*\n  priority: 2\n  reason: broken there\n  expires: 2026-04-01\n"
    found = read_entries(read_text(text, is_yaml=True, where="x"), scope="trunk", who="ann",
                         now=NOON)
    assert found[0].expires_at == datetime(2026, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize("text, is_yaml, message", [
    pytest.param('[{"a": 1},]', False, "x is not JSON", id="trailing comma"),
    pytest.param("- a: [", True, "x is not YAML", id="open bracket"),
    pytest.param("!!python/object:os.system x", True, "x is not YAML", id="no objects"),
])
def test_a_file_that_cannot_be_parsed_says_where(text, is_yaml, message):
    """R23, R54: one comma too many is an error, not a month of silence."""
    with pytest.raises(BadInput, match=message):
        read_text(text, is_yaml=is_yaml, where="x")
