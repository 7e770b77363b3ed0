"""The schedule call over HTTP."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from ci_world import NOON

from seta.clients.answers import NoAnswer, read_schedule

URL = "/projects/autoland/pushes/{}/schedule"
BODY = {"revision": "a" * 40, "pushed_at": "2026-03-01T12:00:00Z", "build_system": "taskcluster"}


def later(minute):
    return BODY | {"pushed_at": f"2026-03-01T12:{minute:02}:00Z"}


def test_a_push_is_created_once_and_answered_the_same_ever_after(api, autoland):
    first = api.put(URL.format(1), BODY)
    again = api.put(URL.format(1), BODY)
    read = api.get(URL.format(1))
    assert (first.status_code, again.status_code, read.status_code) == (201, 200, 200)
    assert first.data == again.data == read.data
    assert first.json["action"] == "run" and first.json["kind"] == "full"


def test_the_same_bytes_after_a_restart(api, autoland):
    first = api.put(URL.format(1), BODY)
    api.restart()
    assert api.put(URL.format(1), BODY).data == first.data


def test_fifty_identical_calls_give_one_row_and_equal_answers(api, autoland):
    """R17: over HTTP, each on a connection of its own."""
    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(
            lambda _: api.app.test_client().put(
                f"/api/v1{URL.format(1)}", json=BODY, headers=api.headers), range(50)))
    assert sorted(answer.status_code for answer in found) == [200] * 49 + [201]
    assert len({answer.data for answer in found}) == 1


def test_another_revision_is_a_conflict_that_names_both(api, autoland):
    api.put(URL.format(1), BODY)
    answer = api.put(URL.format(1), BODY | {"revision": "b" * 40})
    assert answer.status_code == 409
    assert "a" * 40 in answer.json["detail"] and "b" * 40 in answer.json["detail"]


def test_a_second_push_leaves_out_what_is_not_due(api, autoland):
    api.put(URL.format(1), BODY)
    answer = api.put(URL.format(2), later(5)).json
    assert answer["kind"] == "selective"
    assert answer["run"] == ["build-linux64/opt", "test-linux64/opt-high"]
    assert answer["snapshot"] == 1


def test_a_client_obeys_an_answer_until_its_lists_go_stale(api, autoland):
    """R59: a client that keeps an answer for too long runs everything."""
    api.put(URL.format(1), BODY)
    answer = api.put(URL.format(2), later(5)).json
    until = NOON + timedelta(hours=36)  # the last ingest was at noon
    assert datetime.fromisoformat(answer["fresh_until"]) == until
    assert read_schedule(answer, now=until - timedelta(seconds=1)).skip
    for now in (until, until + timedelta(days=1)):
        with pytest.raises(NoAnswer, match="stale"):
            read_schedule(answer, now=now)
    api.now = until + timedelta(days=1)
    assert api.put(URL.format(2), later(5)).json == answer  # the same for ever


def test_reading_an_unknown_push_is_not_found_and_says_how_to_preview(api, autoland):
    answer = api.get(URL.format(7))
    assert answer.status_code == 404 and "preview=1" in answer.json["detail"]


def test_a_preview_answers_without_recording(api, autoland):
    """R10: a developer's local run does not count toward any interval."""
    api.put(URL.format(1), BODY)
    query = "?preview=1&revision=abc&pushed_at=2026-03-01T12:05:00Z&build_system=taskcluster"
    shown = api.get(URL.format(2) + query)
    assert shown.status_code == 200 and shown.json["kind"] == "selective"
    assert api.get(URL.format(2)).status_code == 404
    assert api.put(URL.format(2), later(5)).data == shown.data


def test_a_preview_of_a_known_push_is_its_answer(api, autoland):
    first = api.put(URL.format(1), BODY)
    assert api.get(URL.format(1) + f"?preview=1&revision={'a' * 40}"
                   "&pushed_at=2026-03-01T13:00:00Z").data == first.data


@pytest.mark.parametrize("push_id, body", [
    pytest.param("-1", BODY, id="cron"),
    pytest.param("5", {"revision": "a" * 40}, id="no time"),
])
def test_what_is_no_push_gets_everything_and_no_row(api, autoland, push_id, body):
    """R14, R15."""
    answer = api.put(URL.format(push_id), body)
    assert (answer.status_code, answer.json["kind"]) == (200, "full")
    assert api.get(URL.format(push_id)).status_code == 404


@pytest.mark.parametrize("make_stale, reason", [
    pytest.param(lambda api: api.restart(is_killed=True), "kill switch of this server",
                 id="killed everywhere"),
    pytest.param(lambda api: api.change_project(is_killed=True), "kill switch of autoland",
                 id="killed here"),
    pytest.param(lambda api: setattr(api, "now", api.now.replace(day=4)), "taken in last at",
                 id="stale"),
    pytest.param(lambda api: setattr(api, "now", api.now.replace(day=20)), "snapshot 1 (as of",
                 id="old snapshot"),
])
def test_every_state_without_a_good_answer_is_full_with_the_reason(
    api, autoland, make_stale, reason
):
    """R20, R24: fail open."""
    api.put(URL.format(1), BODY)
    make_stale(api)
    answer = api.put(URL.format(2), later(5))
    assert (answer.status_code, answer.json["kind"], answer.json["skip"]) == (201, "full", [])
    assert reason in " ".join(answer.json["reasons"])


def test_a_project_without_a_snapshot_runs_everything(api):
    """R7."""
    api.add_project(snapshot=False)
    answer = api.put(URL.format(1), BODY).json
    assert (answer["kind"], answer["snapshot"]) == ("full", None)
    assert "no snapshot of scope trunk" in answer["reasons"][0]


def test_gzip_only_for_whoever_asks(api, autoland):
    plain = api.put(URL.format(1), BODY)
    packed = api.put(URL.format(1), BODY, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data


def test_whoever_has_the_answer_gets_a_304(api, autoland):
    api.put(URL.format(1), BODY)
    etag = api.get(URL.format(1)).headers["ETag"]
    answer = api.get(URL.format(1), headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize("path", ["/projects", "/status", "/projects/autoland/jobs", "/audit"])
def test_every_read_has_an_etag(api, autoland, path):
    etag = api.get(path).headers["ETag"]
    assert api.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert api.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_who_added_a_push_is_on_record(api):
    """R57: every write is in the audit, once."""
    api.add_project(open_scheduling=True)
    for token in (True, False, True):
        api.put(URL.format(1), BODY, token=token)
    api.put(URL.format(2), later(1), token=False)
    found = [(entry["who"], entry["what"], entry["target"])
             for entry in api.get("/audit").json["items"]]
    assert found == [("(no token)", "schedule push", "autoland 2"),
                     ("ann", "schedule push", "autoland 1")]


def test_a_run_that_failed_is_owed_again(api, autoland):
    """R13."""
    api.put(URL.format(1), BODY)
    told = api.post(URL.format(1) + "/failed", {"why": "no workers"})
    assert told.status_code == 200 and told.json["why"] == "no workers"
    again = api.post(URL.format(1) + "/failed", {"why": "else"})
    assert again.json == told.json
    assert api.put(URL.format(2), later(5)).json["kind"] == "full"


@pytest.mark.parametrize("change, status, told", [
    pytest.param({"pushed_at": "noon"}, 400, "2026-03-01T12:00:00Z", id="time"),
    pytest.param({"pushed_at": "2026-03-01T12:00:00"}, 400, "with its zone", id="no zone"),
    pytest.param({"pushed_at": 1580515200}, 400, "with its zone", id="seconds"),
    pytest.param({"revision": None}, 400, "json.revision", id="no revision"),
    pytest.param({"build_system": "jenkins"}, 400, "taskcluster", id="build system"),
    pytest.param({"more": 1}, 400, "json.more", id="unknown field"),
])
def test_a_bad_body_says_what_was_wrong_and_what_would_be_right(
    api, autoland, change, status, told
):
    """R5, R9."""
    answer = api.put(URL.format(1), BODY | change)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert told in str(answer.json)


@pytest.mark.parametrize("path, status", [
    pytest.param("/projects/none/pushes/1/schedule", 404, id="unknown project"),
    pytest.param("/projects/a%20b/pushes/1/schedule", 404, id="no name of a project"),
    pytest.param("/projects/autoland/pushes/a%20b/schedule", 400, id="no push id"),
])
def test_a_path_that_names_nothing(api, autoland, path, status):
    """R5: never an answer for another project."""
    assert api.put(path, BODY).status_code == status
