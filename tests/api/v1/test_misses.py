"""Misses over HTTP: after results were posted, in pages, and beside the other figures."""

import json
from datetime import timedelta

import pytest
from ci_world import NOON

from seta.cli.commands import run
from seta.cli.program import Program
from seta.config import Settings
from seta.proof.misses import look_for_misses
from seta.worker.work import Work

LOW = "test-linux64/opt-low-1"
FIX = "9fa614d8310d"


def push(api, number):
    body = {"revision": f"{number:040x}",
            "pushed_at": (NOON + timedelta(minutes=number)).isoformat()}
    assert api.put(f"/projects/autoland/pushes/{number}/schedule", body).status_code == 201


def result(number, **more):
    at = NOON + timedelta(minutes=number)
    return {"kind": "result", "namespace": "mine", "job_id": str(number), "project": "autoland",
            "build_system": "taskcluster", "name": LOW, "revision": f"{number:040x}",
            "pushed_at": at.isoformat(), "started_at": at.isoformat(), "duration": 60,
            "result": "success", **more}


def fixed_by(fix):
    return {"result": "testfailed", "classification": "fixed by commit", "fixed_by": [fix],
            "classified_at": (NOON + timedelta(hours=1)).isoformat()}


@pytest.fixture
def pushed(api, autoland):
    """Six pushes, the first of which ran everything."""
    for number in range(6):
        push(api, number)
    api.now = NOON + timedelta(hours=2)
    look_for_misses(api.sessions, "trunk", now=api.now)   # the first looks back four weeks only
    return api


@pytest.fixture
def posted(pushed):
    """Six pushes, of which the last one shows what one of the four before it let in."""
    assert pushed.post("/results", [result(0), result(5, **fixed_by(FIX))]).json["accepted"] == 2
    return pushed


def test_what_is_posted_is_looked_through_at_once(posted):
    (found,) = posted.get("/projects/autoland/misses").json["items"]
    assert found["fixed_by"] == FIX and found["found_by"] == LOW
    assert (found["after"]["push_id"], found["found_on"]["push_id"]) == ("0", "5")
    assert (found["pushes"], found["left_out"], found["chance"]) == (5, 4, 0.8)
    assert found["promoted_until"] == "2026-03-15T12:06:00Z"
    assert [(each["name"], each["priority"], each["left_out"]) for each in found["witnesses"]] == [
        (LOW, 2, 4)]
    assert (found["known_at"], found["ended_at"]) == ("2026-03-01T14:00:00Z", None)


def test_they_come_in_pages_the_newest_first(posted):
    push(posted, 6)
    posted.post("/results", [result(6)])   # it failed before, so it ran until it passed
    for number in range(7, 12):
        push(posted, number)
    posted.post("/results", [result(11, **fixed_by("a" * 12))])
    first = posted.get("/projects/autoland/misses?limit=1").json
    second = posted.get(f"/projects/autoland/misses?limit=1&after={first['next']}").json
    assert [each["fixed_by"] for each in first["items"] + second["items"]] == ["a" * 12, FIX]
    assert second["next"] is None
    assert posted.get("/projects/none/misses").status_code == 404


def test_the_state_and_the_page_count_those_of_thirty_days(posted):
    def counted():
        page = posted.client.get("/projects/autoland").text
        return posted.get("/status").json["projects"][0]["misses"], '/misses">1</a>' in page

    assert counted() == (1, True)
    posted.now = NOON + timedelta(days=31)
    assert counted() == (0, False)


def test_a_table_of_them_is_printed(posted, emptied, capsys):
    program = Program(Settings(database_url=emptied))

    def printed(*arguments):
        assert run([*arguments], program) == 0
        return capsys.readouterr().out
    text = printed("misses")
    assert FIX in text and "4 pushes, 4 min" in text and LOW in text
    (found,) = json.loads(printed("misses", "--project", "autoland", "--json"))
    assert found["fixed_by"] == FIX and found["chance"] == 0.8


def test_what_is_imported_is_looked_through_at_once(pushed, emptied, tmp_path):
    file = tmp_path / "results.ndjson"
    file.write_text("\n".join(map(json.dumps, [result(0), result(5, **fixed_by(FIX))])))
    assert run(["import", str(file)], Program(Settings(database_url=emptied))) == 0
    assert len(pushed.get("/projects/autoland/misses").json["items"]) == 1


def test_the_worker_looks_through_what_a_person_classified_since(pushed):
    pushed.post("/results", [result(0), result(5, result="testfailed")])
    assert pushed.post("/classifications", {
        "namespace": "mine", "job_id": "5", "classification": "fixed by commit",
        "fixed_by": FIX}).json == {"added": 1}
    assert pushed.get("/projects/autoland/misses").json["items"] == []
    Work(pushed.sessions, Settings()).ingest_and_analyze()
    (found,) = pushed.get("/projects/autoland/misses").json["items"]
    assert found["fixed_by"] == FIX
