"""What runs on which push: the boundaries of the cadence, through the real ledger."""

from dataclasses import replace
from datetime import timedelta

import pytest
from ci_world import NOON

from seta.errors import BadInput, Conflict
from seta.ledger import RequestedPush

FIRST = ["build-linux64/opt", "test-linux64/opt-high"]
SECOND = ["test-linux64/opt-low-1", "test-linux64/opt-low-2"]
THIRD = ["test-linux64/opt-low-rare"]
ALL = sorted(FIRST + SECOND + THIRD)


def kinds(ci, count, minutes_apart=1, start=1):
    """What each of so many pushes got: "1" for priority 1 alone, "12", "13", or "full"."""
    found = []
    for number in range(start, start + count):
        answer = ci.ask(str(number), (number - 1) * minutes_apart)
        priorities = [priority for priority in "123" if answer["priorities"][priority]["due"]]
        found.append("full" if answer["kind"] == "full" else "".join(priorities))
    return found


def test_the_first_push_ever_runs_everything(ci):
    """R18: the first request ever."""
    answer = ci.ask("1", 0)
    assert answer["action"] == "run" and answer["kind"] == "full"
    assert (answer["run"], answer["skip"]) == (ALL, [])
    assert answer["snapshot"] == ci.published.snapshot
    assert answer["next_due"]["2"] == {"pushes_left": 5, "at": "2026-03-01T13:30:00Z"}


def test_the_answer_has_the_keys_that_clients_read(ci):
    """R1, R8: the answer says what the lists mean and from which snapshot they are."""
    assert list(ci.ask("1", 0)) == [
        "action", "kind", "run", "skip", "priorities", "snapshot", "fresh_until",
        "reasons", "next_due"]


def test_a_selective_answer_says_when_its_lists_go_stale(ci):
    """R59: a client refuses what a cache in between kept for too long."""
    ci.published = replace(ci.published, fresh_until=NOON + timedelta(hours=36))
    assert ci.ask("1", 0)["fresh_until"] is None  # everything runs: nothing can go stale
    assert ci.ask("2", 1)["fresh_until"] == "2026-03-03T00:00:00Z"
    assert ci.preview("3", 2)["fresh_until"] == "2026-03-03T00:00:00Z"
    ci.published = replace(ci.published, fresh_until=None)  # an archived scope
    assert ci.ask("3", 3)["fresh_until"] is None
    assert ci.ask("2", 4)["fresh_until"] == "2026-03-03T00:00:00Z"  # as it was answered


def test_priority_2_runs_on_exactly_the_fifth_push(ci):
    """R18: exactly the Nth push; priority 3 on the tenth, where 2 is due too: a full run."""
    assert kinds(ci, 21) == [
        "full", "1", "1", "1", "1", "12", "1", "1", "1", "1", "full", "1", "1", "1", "1", "12",
        "1", "1", "1", "1", "full"]


def test_what_is_not_due_is_left_out(ci):
    ci.ask("1", 0)
    answer = ci.ask("2", 1)
    assert (answer["kind"], answer["run"], answer["skip"]) == (
        "selective", FIRST, sorted(SECOND + THIRD))
    assert answer["priorities"] == {"1": {"due": True, "jobs": 2}, "2": {"due": False, "jobs": 2},
                                    "3": {"due": False, "jobs": 1}}


@pytest.mark.parametrize("minutes, kind", [
    pytest.param(89.99, "1", id="just before 90 minutes"),
    pytest.param(90, "12", id="exactly 90 minutes"),
    pytest.param(179, "12", id="before 180"),
    pytest.param(180, "full", id="exactly 180: both priorities"),
    pytest.param(240, "full", id="the backstop"),
    pytest.param(9999, "full", id="long after"),
])
def test_a_priority_is_due_at_exactly_so_many_minutes(ci, minutes, kind):
    """R18: exactly T minutes."""
    ci.ask("1", 0)
    answer = ci.ask("2", minutes)
    priorities = "".join(priority for priority in "123" if answer["priorities"][priority]["due"])
    assert ("full" if answer["kind"] == "full" else priorities) == kind


def test_age_counts_from_the_last_run_of_the_priority_not_from_the_push_before(ci):
    """R11: a steady trickle of pushes does not put the run off."""
    ci.ask("1", 0)
    assert [ci.ask(str(number), number * 30)["priorities"]["2"]["due"] for number in (2, 3, 4, 5)] \
        == [False, True, False, False]


def test_asking_again_moves_nothing_and_gives_the_same_bytes(ci):
    """R10: repeating a query does not advance anything, whatever changed since."""
    first = [ci.raw(str(number), number) for number in range(6)]
    ci.change(is_killed=True)
    again = [ci.raw(str(number), number) for number in range(6)]
    assert [answer.packed for answer in again] == [answer.packed for answer in first]
    assert [answer.is_new for answer in first] == [True] * 6
    assert [answer.is_new for answer in again] == [False] * 6


def test_another_revision_for_a_known_push_is_a_conflict(ci):
    ci.ask("7", 0, revision="a" * 40)
    with pytest.raises(Conflict, match="push 7 of autoland .* revision aaaa"):
        ci.ask("7", 0, revision="b" * 40)


def test_a_revision_that_is_cut_short_is_the_same(ci):
    """R46: 12 digits and 40 are one revision."""
    first = ci.raw("7", 0, revision="a" * 40)
    assert ci.raw("7", 0, revision="a" * 12).packed == first.packed


def test_another_time_for_a_known_push_changes_nothing(ci):
    first = ci.raw("7", 0)
    assert ci.raw("7", 500).packed == first.packed
    assert not ci.ask("8", 60)["priorities"]["2"]["due"]


@pytest.mark.parametrize("push_id, minutes", [
    pytest.param("-1", 5, id="cron"),
    pytest.param(None, 5, id="no push id"),
    pytest.param("3", None, id="no time"),
])
def test_a_push_that_cannot_be_counted_gets_everything_and_no_row(ci, push_id, minutes):
    """R14, R15: it runs everything and does not count."""
    ci.ask("1", 0)
    answer = ci.raw(push_id, minutes)
    assert not answer.is_new
    assert ci.ask(push_id, minutes)["run"] == ALL
    assert kinds(ci, 4, start=2) == ["1", "1", "1", "1"]  # as if it had not been


def test_a_push_older_than_the_newest_runs_everything_and_moves_no_clock(ci):
    """R18: push ids out of order, clocks going back."""
    ci.ask("1", 0)
    ci.ask("3", 10)
    late = ci.ask("2", 9)
    assert late["kind"] == "full" and "older than the newest" in late["reasons"][0]
    assert late["next_due"] == {}
    assert ci.ask("4", 11)["next_due"]["2"]["pushes_left"] == 3


def test_ids_say_nothing_of_the_order(ci):
    """R10: pushes are counted in the ledger, ids may jump and hold any letters."""
    ids = ["900", "5", "git:ab", "4.1_x", "a-b"]
    answers = [ci.ask(push_id, minute) for minute, push_id in enumerate(ids)]
    assert [answer["next_due"]["2"]["pushes_left"] for answer in answers] == [5, 4, 3, 2, 1]


def test_pushes_of_one_second_count_in_the_order_they_came(ci):
    answers = [ci.ask(str(number), 0) for number in range(6)]
    assert [answer["kind"] for answer in answers] == ["full"] + ["selective"] * 5
    assert answers[5]["priorities"]["2"]["due"]


def test_a_push_from_the_future_does_not_stop_the_clock(ci):
    """R18: one scheduler with a wrong clock cannot make all that follow "older"."""
    ci.ask("1", 0)
    ahead = ci.ask("2", 100_000, now=ci.at(1))
    assert ahead["kind"] == "full" and "in the future" in ahead["reasons"][0]
    assert ci.ask("3", 2)["kind"] == "selective"


def test_a_push_that_counted_while_our_clock_was_ahead_does_not_make_the_next_ones_older(ci):
    """Every later push was "older than the newest", for as long as the clock had been ahead."""
    ci.ask("1", 0)
    assert ci.ask("2", 100_000)["kind"] == "full"   # SETA's own clock was as far ahead
    assert kinds(ci, 5, start=3) == ["1", "1", "1", "1", "12"]


def test_new_limits_count_from_the_next_push(ci, quick):
    """R16: changeable without a deploy."""
    ci.ask("1", 0)
    ci.ask("2", 1)
    ci.change(cadence=quick)
    assert kinds(ci, 3, start=3) == ["1", "12", "13"]


@pytest.mark.parametrize("names", [
    pytest.param({"push_id": "a b"}, id="push id with a space"),
    pytest.param({"push_id": "x" * 65}, id="push id too long"),
    pytest.param({"revision": ""}, id="no revision"),
    pytest.param({"revision": "x\n"}, id="revision with a line break"),
])
def test_what_cannot_be_a_push_is_refused_with_its_value(ci, names):
    fields = {"push_id": "1", "revision": "a" * 40, "pushed_at": ci.now,
              "build_system": "taskcluster"} | names
    with pytest.raises(BadInput, match="1 to 64"):
        RequestedPush(**fields)


def test_a_build_system_that_the_project_has_not_is_refused(ci):
    """R5: with what would be right."""
    ci.build_system = "buildbot"
    with pytest.raises(BadInput, match=r"autoland's \(taskcluster\), not 'buildbot'"):
        ci.ask("1", 0)


def test_two_projects_and_two_build_systems_have_ledgers_of_their_own(session, make_ci):
    """R32: one push does not count for another."""
    one = make_ci(session, build_systems=("taskcluster", "buildbot"))
    two = make_ci(session, "mozilla-inbound")
    assert kinds(one, 2) == ["full", "1"]
    assert kinds(two, 1) == ["full"]
    one.build_system = "buildbot"
    assert kinds(one, 2) == ["full", "1"]
