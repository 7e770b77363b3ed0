"""The worked timeline of docs/how-a-push-is-scheduled.md, played against the ledger."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ci_world import NOON

from seta.domain import Cadence, Priority
from seta.ledger import schedule_failed

PAGE = Path(__file__).parents[2] / "docs" / "how-a-push-is-scheduled.md"


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under this line of headings."""
    text = PAGE.read_text(encoding="utf-8")
    table = text[text.index(heading):].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def documented_priorities() -> dict[Priority, tuple[str, ...]]:
    return {Priority(int(priority)): tuple(re.findall(r"`([^`]+)`", jobs))
            for priority, jobs in rows("| priority | jobs |")}


@pytest.fixture
def ci(session, make_ci):
    return make_ci(session, priorities=documented_priorities())


def minutes_after_noon(time: str) -> float:
    at = datetime.strptime(time, "%H:%M")
    return timedelta(hours=at.hour - NOON.hour, minutes=at.minute).total_seconds() / 60


def play(ci, time, what, push_id, revision) -> tuple[str, str]:
    """Do what a row says; return the kind and the priorities that SETA answers."""
    at = minutes_after_noon(time)
    if what == "push":
        answer = ci.ask(push_id, at, revision)
        assert set(answer["run"]) | set(answer["skip"]) == ci.published.names
        return answer["kind"], " ".join(
            priority for priority in "123" if answer["priorities"][priority]["due"])
    if what in ("timer", "take"):
        owed = ci.due(at) if what == "timer" else ci.take(push_id, at)
        assert (owed.push_id, owed.revision) == (push_id, revision)
        assert set(owed.jobs) == {name for priority in owed.priorities
                                  for name in ci.published.priorities[priority]}
        return "", " ".join(map(str, owed.priorities))
    if what == "failed":
        schedule_failed(ci.session, ci.project.name, ci.build_system, push_id, why="reported",
                        now=ci.at(at))
    else:
        assert what == "kill"
        ci.change(is_killed=True)
    return "", ""


def test_the_timeline_is_what_happens(ci):
    expected = rows("| time | what happens |")
    assert len(expected) > 15
    played = [[*row[:4], *play(ci, *row[:4])] for row in expected]
    assert played == expected


def test_the_limits_of_the_page_are_the_defaults():
    cadence = Cadence()
    table = rows("| priority | what is in it | runs |")
    documented = [re.findall(r"\d+", when) for _, _, when in table]
    assert documented == [[], *([str(limit.pushes), str(limit.minutes)] for limit in (
        cadence.priority_2, cadence.priority_3, cadence.backstop))]
