"""Knowing why: jobs, snapshots, regressions, pushes, the state of the service."""

from datetime import timedelta

import pytest
from ci_world import NOON, Results

from seta.domain import Audit
from seta.store.ledger.audits import add_audit
from seta.store.operation import runs
from seta.store.operation.alarms import raise_alarm

PUSH = "/projects/autoland/pushes/{}"
JOB = "test-linux64/opt-high"


def put(api, push_id, minute=0):
    body = {"revision": f"{int(push_id):040x}", "pushed_at": f"2026-03-01T12:{minute:02}:00Z"}
    return api.put(PUSH.format(push_id) + "/schedule", body).json


def names(answer):
    return [item["name"] for item in answer.json["items"]]


def test_jobs_are_listed_with_priority_and_reason(api, autoland):
    first = api.get("/projects/autoland/jobs").json["items"][1]
    assert first == {
        "name": JOB, "build_system": "taskcluster", "tier": 1,
        "job_type": {"platform": "linux64", "build_type": "opt", "test_suite": "high",
                     "chunk": 0},
        "priority": 1, "reason": "chosen", "cost": 60000, "caught": 1}


@pytest.mark.parametrize("query, found", [
    pytest.param("priority=2", ["test-linux64/opt-low-1", "test-linux64/opt-low-2"], id="priority"),
    pytest.param("test_suite=low*", ["test-linux64/opt-low-1", "test-linux64/opt-low-2",
                                     "test-linux64/opt-low-rare"], id="suite glob"),
    pytest.param("test_suite=lo?rare", [], id="glob that meets nothing"),
    pytest.param("test_suite=low", ["test-linux64/opt-low-1", "test-linux64/opt-low-2"],
                 id="whole suite"),
    pytest.param("platform=win*", [], id="platform"),
    pytest.param("search=OPT-HIGH", [JOB], id="search, whatever the case"),
    pytest.param("search=100%25", [], id="a percent sign is not a wildcard"),
    pytest.param("parsed=0", ["odd one + two"], id="unparsed"),
    pytest.param("build_system=buildbot", [], id="other build system"),
])
def test_jobs_are_filtered(api, autoland, sessions, query, found):
    """R9, R26: exact, never by accident."""
    with sessions.begin() as session:
        Results(session, "autoland").name_id("odd one + two")
    assert names(api.get(f"/projects/autoland/jobs?{query}")) == found


def test_what_has_no_priority_is_listed_without(api, autoland, sessions):
    """R29: it runs, and one sees that it does."""
    with sessions.begin() as session:
        Results(session, "autoland").name_id("test-win/opt-retired")
    item, = api.get("/projects/autoland/jobs?platform=win").json["items"]
    assert (item["priority"], item["reason"]) == (None, None)


def test_pages_neither_skip_nor_repeat_while_rows_are_added(api, autoland, sessions):
    expected = names(api.get("/projects/autoland/jobs"))
    found, after = [], ""
    for number in range(10):
        page = api.get(f"/projects/autoland/jobs?limit=1{after}")
        assert len(page.json["items"]) == 1
        found += names(page)
        with sessions.begin() as session:  # one before everything, one behind it
            results = Results(session, "autoland")
            results.name_id(f"a-{number}")
        if page.json["next"] is None:
            break
        after = f"&after={page.json['next']}"
    assert found == expected


@pytest.mark.parametrize("query", ["", "?task=ingest&limit=2"])
def test_the_old_path_of_runs_redirects_and_keeps_the_query(api, query):
    answer = api.get(f"/ingest-runs{query}")
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"/api/v1/runs{query}"


@pytest.mark.parametrize("path", ["/audit", "/runs", "/overrides", "/renames"])
def test_newest_first_lists_neither_skip_nor_repeat_while_rows_are_added(
    api, autoland, sessions, path
):
    def add(number):
        with sessions.begin() as session:
            runs.start_run(session, "ingest", now=NOON)
        api.post("/overrides", {"overrides": [
            {"name": f"job-{number}", "priority": 2, "reason": "x"}]})
        api.post("/renames", {"old": {"platform": f"a{number}"}, "new": {"platform": "b"},
                              "why": "x"})
    for number in range(4):
        add(number)
    expected = [item["id"] for item in api.get(path).json["items"]]
    found, after = [], ""
    for number in range(9, 20):
        page = api.get(f"{path}?limit=2{after}").json
        found += [item["id"] for item in page["items"]]
        add(number)
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == expected


@pytest.mark.parametrize("cursor", ["!", "x", "bnVsbA", "WzFd", "ImEi"])
def test_a_cursor_of_nowhere_is_refused(api, cursor):
    assert api.get(f"/audit?after={cursor}").status_code == 400


def test_one_job_tells_why(api, autoland):
    """R67: reason, proof, and what it caught."""
    api.add_failures()
    put(api, "1")
    found = api.get(f"/projects/autoland/job?name={JOB}&build_system=taskcluster").json
    assert (found["priority"], found["reason"]) == (1, "chosen")
    assert found["certificate"] == {"kind": "chosen", "needed_for": ["9fa614d8310d"]}
    assert found["regressions"] == [
        {"fixed_by": "9fa614d8310d", "is_inferred": False, "covered_by": []}]
    assert found["last_run"]["passed"] is False and found["last_pass"] is None
    assert found["next_due"] == {"pushes_left": 1, "at": None}
    assert [past["snapshot_id"] for past in found["history"]] == [1]
    assert found["override"] is None and found["window_days"] == 90


def test_a_low_value_job_tells_when_it_is_due_next(api, autoland):
    put(api, "1")
    put(api, "2", 5)
    found = api.get("/projects/autoland/job?name=test-linux64/opt-low-1").json
    assert found["next_due"] == {"pushes_left": 4, "at": "2026-03-01T13:30:00Z"}


def test_a_job_tells_which_override_holds(api, autoland):
    api.post("/overrides", {"overrides": [{"name": JOB, "priority": 3, "reason": "broken"}]})
    found = api.get(f"/projects/autoland/job?name={JOB}").json
    assert (found["override"]["priority"], found["override"]["who"]) == (3, "ann")


def test_a_name_with_blanks_slashes_and_plus_is_found(api, autoland, sessions):
    name = "Android 4.3 API 15+ autoland opt test a/b"
    with sessions.begin() as session:
        Results(session, "autoland").name_id(name)
    answer = api.get("/projects/autoland/job", query_string={"name": name})
    assert (answer.status_code, answer.json["name"]) == (200, name)


@pytest.mark.parametrize("path", [
    "/projects/none/jobs", "/projects/autoland/job?name=none", "/snapshots/99",
    "/snapshots/99999999999999999999", "/snapshots/99/priorities", "/snapshots/diff?from=1&to=9",
    "/regressions/aaaaaaaaaaaa", "/regressions?scope=none", "/regressions?snapshot=9",
    "/scopes/none", "/overrides/9", "/projects/autoland/pushes/9",
    "/projects/autoland/pushes/9/backfill?job=x", "/projects/%00/jobs", "/regressions/%00",
])
def test_what_is_not_there_is_not_found(api, autoland, path):
    answer = api.get(path)
    assert answer.status_code == 404 and answer.json["detail"]


def test_snapshots_are_listed_shown_and_compared(api, autoland):
    listed, = api.get("/snapshots").json["items"]
    assert listed["is_published"] and api.get("/snapshots/1").json == listed
    priorities = api.get("/snapshots/1/priorities").json["items"]
    assert {each["job_type"]: each["priority"] for each in priorities} == {
        "linux64/opt-build": 1, "linux64/opt-high": 1, "linux64/opt-low-1": 2,
        "linux64/opt-low-2": 2, "linux64/opt-low-rare": 3}
    api.add_project("mozilla-central", {1: ("test-linux64/opt-low-1",), 2: ("test-a/opt-b",)})
    changes = api.get("/snapshots/diff?from=1&to=2").json["items"]
    assert {each["job_type"]: (each["before"], each["after"]) for each in changes} == {
        "a/opt-b": (None, 2), "linux64/opt-build": (1, None), "linux64/opt-high": (1, None),
        "linux64/opt-low-1": (2, 1), "linux64/opt-low-2": (2, None),
        "linux64/opt-low-rare": (3, None)}


def test_pages_of_a_snapshot_hold_every_row_once(api, autoland):
    found, after = [], ""
    while after is not None:
        page = api.get(f"/snapshots/1/priorities?limit=2{after}").json
        found += [each["job_type"] for each in page["items"]]
        after = page["next"] and f"&after={page['next']}"
    assert len(found) == 5 and found == sorted(found)


def test_a_regression_tells_its_witnesses_culprit_and_fix(api, autoland):
    api.add_failures()
    listed, = api.get("/regressions").json["items"]
    assert listed == {"fixed_by": "9fa614d8310d", "is_inferred": False, "witnesses": 1}
    found = api.get("/regressions/9fa614d8310d").json
    assert found["caught_by"] == [{"job_type": "linux64/opt-high", "priority": 1}]
    assert found["chosen"] == ["linux64/opt-high"]
    assert found["culprit"]["revision"] == f"{910:040x}"
    assert [job["job_id"] for job in found["failed_jobs"]] == ["failed-1", "failed-2"]
    assert found["fixed_on"] is None


def test_a_push_tells_what_became_of_it(api, autoland):
    put(api, "1")
    put(api, "2", 5)
    found = api.get(PUSH.format(2)).json
    assert not found["is_fully_tested"] and len(found["skipped"]) == 3
    assert api.get(PUSH.format(1)).json["is_fully_tested"]


def test_a_backfill_is_told(api, autoland):
    put(api, "1")
    put(api, "2", 5)
    found = api.get(PUSH.format(2) + "/backfill?job=test-linux64/opt-low-1").json
    assert [push["push_id"] for push in found["suspects"]] == ["2"]
    assert found["runs"] == [] and found["expected_runs"] == 0


def test_what_is_owed_is_told_and_taken(api, autoland):
    """R12."""
    put(api, "1")
    put(api, "2", 5)
    api.now = NOON + timedelta(minutes=95)
    owed = api.get("/projects/autoland/due").json
    assert set(owed) == {"jobs", "push_id", "revision", "reasons", "priorities"}
    assert owed["jobs"] == ["test-linux64/opt-low-1", "test-linux64/opt-low-2"]
    assert (owed["push_id"], owed["revision"], owed["priorities"]) == ("2", f"{2:040x}", [2])
    assert api.get("/projects/autoland/due").json == owed
    assert api.post("/projects/autoland/due", {"push_id": "1"}).status_code == 409
    assert api.post("/projects/autoland/due", {"push_id": "2"}).json == owed
    assert api.get("/projects/autoland/due").json["jobs"] == []


def test_audits_are_listed_taken_and_counted(api, autoland, sessions):
    put(api, "1")
    put(api, "2", 5)
    job = "test-linux64/opt-low-1"
    with sessions.begin() as session:
        add_audit(session, Audit("autoland", "taskcluster", "9fa614d8310d", "2", f"{2:040x}", NOON,
                                 0.25, True, NOON, jobs=(job,)))
    pushes = api.get("/projects/autoland/audits").json["pushes"]
    assert pushes == [{"push_id": "2", "revision": f"{2:040x}", "pushed_at": "2026-03-01T12:00:00Z",
                       "fixed_by": ["9fa614d8310d"], "jobs": [job]}]
    assert api.get("/projects/autoland/audits").json["pushes"] == pushes
    assert api.post("/projects/autoland/audits", {"push_id": "1"}).json["jobs"] == []
    taken = api.post("/projects/autoland/audits", {"push_id": "2"}).json
    assert taken == {"push_id": "2", "jobs": [job]}
    assert api.get("/projects/autoland/audits").json["pushes"] == []
    assert api.get("/status").json["audits"] == [{
        "project": "autoland", "drawn": 1, "done": 0, "open_jobs": 1, "runs": 0,
        "machine_seconds": 0}]


def test_runs_of_imports_name_files_without_their_folders(api, sessions):
    with sessions.begin() as session:
        run = runs.start_run(session, "import", now=NOON, source="/srv/ci/a.ndjson, b.gz")
        runs.end_run(session, run, status="failed", now=NOON, counts={},
                     error="/srv/ci/a.ndjson ends in the middle")
    for found in (api.get("/status").json["last_runs"]["import"],
                  api.get("/runs").json["items"][0]):
        assert found["source"] == "a.ndjson, b.gz"
        assert found["error"] == "a.ndjson ends in the middle"


def test_the_status_tells_what_is_fresh_held_and_wrong(api, autoland, sessions):
    """R65: the last run is visible."""
    with sessions.begin() as session:
        raise_alarm(session, "ingest autoland", "no answer")
        run = runs.start_run(session, "ingest", now=NOON, project="autoland")
        runs.end_run(session, run, status="failed", now=NOON, counts={}, error="no answer")
    found = api.get("/status").json
    assert found["projects"][0]["is_good"] and found["projects"][0]["snapshot"] == 1
    assert [alarm["subject"] for alarm in found["alarms"]] == ["ingest autoland"]
    assert found["last_runs"]["ingest"]["status"] == "failed"
    assert found["held"] == []
    api.now = NOON + timedelta(days=3)
    stale = api.get("/status").json["projects"][0]
    assert not stale["is_good"] and "taken in last" in stale["refusals"][0]
