"""What people change over the API: validated, audited, effective at once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from seta.domain import SOURCES, Project, Scope
from seta.store.curation import projects

RECORD = {
    "kind": "result", "namespace": "ci", "project": "autoland", "build_system": "taskcluster",
    "name": "test-linux64/opt-high", "revision": "c" * 40, "pushed_at": "2026-03-01T11:00:00Z",
    "result": "testfailed",
}


def record(job_id, **more):
    return RECORD | {"job_id": job_id} | more


def audited(api):
    return [(entry["who"], entry["what"], entry["target"], entry["why"])
            for entry in api.get("/audit").json["items"]]


def test_a_project_is_added_shown_and_changed(api):
    """R16, R57, R71: through the API, with who and why."""
    added = api.post("/projects", {"name": "try", "is_integration": False, "why": "new"})
    assert added.status_code == 201 and added.json["is_integration"] is False
    changed = api.call("PATCH", "/projects/try", json={
        "cadence": {"priority_2": {"pushes": 7, "minutes": 60}}, "why": "too seldom"})
    assert changed.json["cadence"] == {
        "priority_2": {"pushes": 7, "minutes": 60}, "priority_3": {"pushes": 10, "minutes": 180},
        "backstop": {"pushes": 20, "minutes": 240}, "is_staggered": False}
    assert api.get("/projects/try").json == changed.json | {"savings": None}  # no snapshot
    assert [item["name"] for item in api.get("/projects").json["items"]] == ["try"]
    assert audited(api) == [("ann", "change project", "try", "too seldom"),
                            ("ann", "add project", "try", "new")]


def test_how_a_scope_decides_is_shown_and_changed(api, autoland):
    before = api.get("/scopes/trunk").json
    assert (before["redundancy"], before["budget"], before["objective"]) == (1, 1.0, "cover")
    assert before["change_price"] == 1.0
    changed = api.call("PATCH", "/scopes/trunk", json={
        "budget": 1.3, "objective": "expected", "change_price": 1.2, "why": "more is caught"})
    assert changed.json == before | {
        "budget": 1.3, "objective": "expected", "change_price": 1.2}
    assert api.get("/scopes/trunk").json == changed.json
    assert api.call("PATCH", "/scopes/trunk", json={"budget": 1.3}).status_code == 200
    assert audited(api) == [("ann", "change scope", "trunk", "more is caught")]
    assert api.get("/audit").json["items"][0]["details"]["budget"] == {"before": 1.0, "after": 1.3}


@pytest.mark.parametrize("body, status", [
    pytest.param({"budget": 0.9}, 400, id="less than the cover"),
    pytest.param({"budget": "1.3"}, 400, id="no number"),
    pytest.param({"objective": "best"}, 400, id="no objective"),
    pytest.param({"redundancy": 11}, 400, id="too many"),
])
def test_a_scope_that_makes_no_sense_is_refused(api, autoland, body, status):
    assert api.call("PATCH", "/scopes/trunk", json=body).status_code == status


def test_the_source_of_a_project_is_chosen_shown_and_changed(api):
    """The setting's source is the default, and every change is on record."""
    assert api.post("/projects", {"name": "live"}).json["source"] == "activedata"
    assert api.post("/projects", {"name": "mine", "source": "files"}).json["source"] == "files"
    assert [each["source"] for each in api.get("/projects").json["items"]] == [
        "activedata", "files"]
    assert {each["project"]: each["source"] for each in api.get("/status").json["projects"]} == {
        "live": "activedata", "mine": "files"}
    for source in SOURCES:
        changed = api.call("PATCH", "/projects/live", json={"source": source, "why": "moved"})
        assert changed.json["source"] == source
    assert api.call("PATCH", "/projects/live", json={"source": "demo"}).status_code == 400
    assert api.get("/audit").json["items"][0]["details"] == {
        "source": {"before": "treeherder", "after": "files"}}


def test_a_project_of_the_demo_keeps_its_source(api):
    with api.sessions.begin() as session:
        projects.add_scope(session, Scope("show"))
        projects.add_project(session, Project("show", "show", source="demo"))
    refused = api.call("PATCH", "/projects/show", json={"source": "files"})
    assert refused.status_code == 400 and "belongs to the demo" in refused.json["detail"]
    assert api.call("PATCH", "/projects/show", json={"is_killed": True}).status_code == 200


def test_a_change_that_changes_nothing_is_not_recorded(api, autoland):
    api.call("PATCH", "/projects/autoland", json={"is_killed": False})
    assert audited(api) == []


def test_a_project_is_removed_with_who_and_why(api, autoland):
    """R74: with its results and its ledger, and on record."""
    api.put("/projects/autoland/pushes/1/schedule",
            {"revision": "a" * 40, "pushed_at": "2026-03-01T12:00:00Z"})
    assert api.call("DELETE", "/projects/autoland").status_code == 400  # why?
    removed = api.call("DELETE", "/projects/autoland?why=moved")
    assert removed.json["name"] == "autoland"
    assert api.get("/projects/autoland").status_code == 404
    assert audited(api)[0] == ("ann", "remove project", "autoland", "moved")
    assert api.get("/snapshots/1").status_code == 200


def test_what_two_people_change_at_once_is_both_kept(api, autoland):
    bodies = [{"infer_after": 5}, {"infer_regressions": True}, {"open_scheduling": True}] * 5
    with ThreadPoolExecutor(15) as pool:
        list(pool.map(lambda body: api.app.test_client().patch(
            "/api/v1/projects/autoland", json=body, headers=api.headers), bodies))
    found = api.get("/projects/autoland").json
    assert (found["infer_after"], found["infer_regressions"], found["open_scheduling"]) == (
        5, True, True)


def test_the_kill_switch_works_from_the_next_push(api, autoland):
    """R24."""
    url, body = "/projects/autoland/pushes/{}/schedule", {"revision": "a" * 40}
    api.put(url.format(1), body | {"pushed_at": "2026-03-01T12:00:00Z"})
    api.call("PATCH", "/projects/autoland", json={"is_killed": True})
    answer = api.put(url.format(2), body | {"pushed_at": "2026-03-01T12:01:00Z"})
    assert answer.json["kind"] == "full"


@pytest.mark.parametrize("body, status", [
    pytest.param({"name": "autoland"}, 409, id="there already"),
    pytest.param({"name": "a b"}, 400, id="no name"),
    pytest.param({"name": "a", "scope": "none"}, 404, id="unknown scope"),
    pytest.param({"name": "a", "build_systems": []}, 400, id="no build system"),
    pytest.param({"name": "a", "build_systems": ["x", "x"]}, 400, id="one twice"),
    pytest.param({"name": "a", "is_killed": "yes"}, 400, id="no flag"),
    pytest.param({"name": "a", "source": "import"}, 400, id="no source"),
    pytest.param({"name": "a", "cadence": {"priority_2": {"pushes": 0, "minutes": 5}}}, 400,
                 id="no limit"),
])
def test_a_project_that_makes_no_sense_is_refused(api, autoland, body, status):
    assert api.post("/projects", body).status_code == status


def test_overrides_are_planned_added_and_ended(api, autoland):
    """R54, R57."""
    body = {"overrides": [{"test_suite": "low*", "never_skip": True, "reason": "release"}]}
    planned = api.post("/overrides", body | {"dry_run": True}).json
    assert planned["overrides"][0]["override"]["id"] is None
    assert api.get("/overrides").json["items"] == []
    added = api.post("/overrides", body).json["overrides"][0]
    assert added["is_new"] and not api.post("/overrides", body).json["overrides"][0]["is_new"]
    number = added["override"]["id"]
    ended = api.call("DELETE", f"/overrides/{number}?why=over")
    assert ended.json["ended_by"] == "ann" and not ended.json["is_active"]
    assert api.call("DELETE", f"/overrides/{number}").status_code == 409
    assert api.get("/overrides?active=1").json["items"] == []
    assert [what for _, what, _, _ in audited(api)] == ["end override", "add override"]


def test_one_wrong_override_keeps_all_out(api, autoland):
    """R54: validated whole before any is stored."""
    answer = api.post("/overrides", {"overrides": [
        {"platform": "linux*", "priority": 2, "reason": "slow"},
        {"priority": 2, "reason": "picks nothing"}]})
    assert answer.status_code == 400 and "entry 2" in answer.json["detail"]
    assert api.get("/overrides").json["items"] == []


@pytest.mark.parametrize("reason", [
    pytest.param("\\ud800", id="half of a surrogate pair"),
    pytest.param("\\u0000", id="NUL"),
])
def test_a_text_that_cannot_be_stored_is_refused(api, autoland, reason):
    body = f'{{"overrides": [{{"platform": "*", "priority": 2, "reason": "x{reason}"}}]}}'
    answer = api.post("/overrides", data=body, content_type="application/json")
    assert answer.status_code == 400


def test_a_rename_is_planned_added_and_ended(api, autoland):
    """R30."""
    body = {"old": {"platform": "linux64"}, "new": {"platform": "linux1804-64"}, "why": "new"}
    planned = api.post("/renames", body | {"dry_run": True}).json
    assert planned["carried"] == 5 and planned["rename"]["id"] is None
    added = api.post("/renames", body).json["rename"]
    assert added["old"] == {"platform": "linux64", "build_type": None, "test_suite": None}
    assert api.post("/renames", body).status_code == 409
    cycle = {"old": body["new"], "new": body["old"], "why": "back"}
    assert api.post("/renames", cycle).status_code == 400
    ended = api.call("DELETE", f"/renames/{added['id']}").json
    assert not ended["is_active"]


def test_results_come_as_ndjson_with_bad_lines_told(api, autoland):
    lines = [json.dumps(record("1")), "{", json.dumps(record("2", result="odd"))]
    answer = api.post("/results", data="\n".join(lines), content_type="application/x-ndjson")
    assert answer.json["accepted"] == 1
    assert [bad["line"] for bad in answer.json["rejected"]] == [2, 3]
    assert "odd" in answer.json["rejected"][1]["reason"]


def test_results_come_as_an_array_and_twice_is_once(api, autoland):
    for _ in range(2):
        answer = api.post("/results", [record("1"), {"kind": "odd"}, record("2")])
        assert answer.json["accepted"] == 2
        assert [bad["line"] for bad in answer.json["rejected"]] == [2]
    assert api.get("/projects/autoland/job?name=test-linux64/opt-high").json["last_run"]


@pytest.mark.parametrize("more, status", [
    pytest.param({"json": {"kind": "result"}}, 400, id="one record alone"),
    pytest.param({"data": "a=1", "content_type": "application/x-www-form-urlencoded"}, 415,
                 id="a form"),
    pytest.param({"data": b"[" * 100_000, "content_type": "application/json"}, 400,
                 id="nested too deep"),
    pytest.param({"json": [record("1", project="none")]}, 404, id="unknown project"),
])
def test_what_are_no_results_is_refused(api, autoland, more, status):
    assert api.post("/results", **more).status_code == status


def test_failures_are_classified_and_counted_from_then_on(api, autoland):
    api.post("/results", [record("1"), record("2", revision="d" * 40,
                                              pushed_at="2026-03-01T11:30:00Z")])
    said = {"classification": "fixed by commit", "fixed_by": "9fa614d8310d"}
    one = api.post("/classifications", said | {"namespace": "ci", "job_id": "1"})
    both = api.post("/classifications", said | {
        "project": "autoland", "job": "test-linux64/opt-high", "first_push": "c" * 40,
        "last_push": "d" * 12})
    assert (one.json, both.json) == ({"added": 1}, {"added": 1})
    snapshot = api.post("/scopes/trunk/analyze", {}).json
    assert snapshot["regressions"] == 1 and snapshot["id"] == 2
    assert audited(api)[0][1] == "classify fixed by commit"


def test_what_is_sent_as_a_build_is_never_skipped(api):
    """A CI of another grammar says so itself; no glob lowers it, not even after the analysis."""
    api.post("/projects", {"name": "own", "build_systems": ["ci"], "source": "files"})
    fixed = {"result": "testfailed", "classification": "fixed by commit",
             "fixed_by": ["9fa614d8310d"]}
    sent = api.post("/results", [
        record(name, project="own", build_system="ci", name=name, platform="p", build_type="opt",
               test_suite=name, duration=60, **more)
        for name, more in {"compile": {"result": "success", "is_build": True}, "a": fixed,
                           "b": fixed, "c": {"result": "success"}}.items()])
    assert sent.json == {"accepted": 4, "rejected": []}
    assert api.post("/scopes/trunk/analyze", {}).json["regressions"] == 1
    api.post("/overrides", {"overrides": [{"platform": "p", "priority": 3, "reason": "slow"}]})
    pushes = [api.put(f"/projects/own/pushes/{minute}/schedule", {
        "revision": f"{minute}" * 40, "pushed_at": f"2026-03-01T12:0{minute}:00Z"}).json
        for minute in (1, 2)]
    assert pushes[1]["kind"] == "selective", pushes[1]["reasons"]
    assert pushes[1]["run"] == ["a", "b", "compile"]  # two of them still fail
    assert pushes[1]["skip"] == ["c"]


@pytest.mark.parametrize("body", [
    pytest.param({"classification": "intermittent"}, id="of what"),
    pytest.param({"classification": "intermittent", "namespace": "ci"}, id="half a key"),
    pytest.param({"classification": "intermittent", "namespace": "ci", "job_id": "1",
                  "project": "autoland"}, id="both ways"),
    pytest.param({"classification": "fixed by commit", "namespace": "ci", "job_id": "1"},
                 id="no fix"),
    pytest.param({"classification": "infra", "namespace": "ci", "job_id": "1"}, id="odd word"),
])
def test_a_classification_that_makes_no_sense_is_refused(api, autoland, body):
    assert api.post("/classifications", body).status_code == 400


def test_inferred_regressions_are_analyzed_and_marked(api, autoland):
    """For a CI where nobody classifies: results alone are enough."""
    api.call("PATCH", "/projects/autoland", json={"infer_regressions": True})
    api.post("/results", [
        record(str(number), revision=f"{number:012x}" + "e" * 28, result=result,
               pushed_at=f"2026-03-01T11:{number:02}:00Z")
        for number, result in enumerate(["success", "testfailed", "testfailed", "success"])])
    assert api.post("/scopes/trunk/analyze", {}).json["regressions"] == 1
    found, = api.get("/regressions?snapshot=2").json["items"]
    assert found == {"fixed_by": "000000000003", "is_inferred": True, "witnesses": 1}


def test_an_analysis_of_nothing_is_a_conflict_and_publishes_nothing(api, autoland):
    """R42."""
    answer = api.post("/scopes/trunk/analyze", {})
    assert answer.status_code == 409
    assert api.get("/scopes/trunk").json["published_snapshot"] == 1


@pytest.mark.parametrize("body, status", [
    pytest.param({"as_of": "2027-01-01T00:00:00Z"}, 400, id="the future"),
    pytest.param({"dry_run": 1}, 400, id="no flag"),
])
def test_an_analysis_that_cannot_be_is_refused(api, autoland, body, status):
    assert api.post("/scopes/trunk/analyze", body).status_code == status


def test_publication_by_hand_rollback_and_release(api, autoland):
    """R68: with who and why, and nothing is published automatically until released."""
    api.add_project("mozilla-central")
    back = api.post("/scopes/trunk/roll-back", {"why": "too many failures"})
    assert back.status_code == 409  # nothing was ever published before by the API
    published = api.post("/snapshots/1/publish", {"why": "the old one"})
    assert published.json["id"] == 1 and published.json["is_published"]
    scope = api.get("/scopes/trunk").json
    assert (scope["published_snapshot"], scope["stopped_by"], scope["stopped_why"]) == (
        1, "ann", "the old one")
    api.post("/snapshots/2/publish", {"why": "the new one"})
    assert api.post("/scopes/trunk/roll-back", {"why": "worse"}).json["id"] == 1
    released = api.post("/scopes/trunk/release", {})
    assert released.json["stopped_by"] is None
    assert api.post("/scopes/trunk/release", {}).status_code == 409
    assert [what for _, what, _, _ in audited(api)] == [
        "release publication", "roll back", "publish snapshot", "publish snapshot"]
