"""Who may write, how often, how much."""

import logging
from datetime import timedelta

import pytest

URL = "/projects/autoland/pushes/1/schedule"
BODY = {"revision": "a" * 40, "pushed_at": "2026-03-01T12:00:00Z"}


@pytest.mark.parametrize("header", [
    pytest.param(None, id="no token"),
    pytest.param("Bearer wrong", id="wrong token"),
    pytest.param("Bearer ", id="empty token"),
    pytest.param("Basic bGV0IG1lIHdyaXRl", id="another scheme"),
    pytest.param("let me write", id="no scheme"),
    pytest.param("Bearer l\xe9t me", id="not ASCII"),
])
def test_a_write_needs_the_right_token(api, autoland, header):
    headers = {"Authorization": header} if header else {}
    answer = api.put(URL, BODY, token=False, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.content_type == "application/problem+json"
    assert api.get(URL).status_code == 404  # nothing was recorded


def test_no_token_is_ever_logged(api, autoland, caplog):
    caplog.set_level(logging.DEBUG)
    api.put(URL, BODY)
    api.put(URL, BODY, token=False, headers={"Authorization": "Bearer wrong-secret"})
    assert "let me write" not in caplog.text and "wrong-secret" not in caplog.text


def test_without_any_token_set_nobody_writes(api, autoland):
    api.restart(tokens=())
    assert api.put(URL, BODY).status_code == 401


def test_reads_are_open(api, autoland):
    api.put(URL, BODY)
    assert api.get(URL).status_code == 200


def test_an_open_project_lets_pushes_in_without_a_token(api):
    """A decision task often holds no secret."""
    api.add_project(open_scheduling=True)
    assert api.put(URL, BODY, token=False).status_code == 201
    assert api.put(URL, BODY, token=False).status_code == 200


@pytest.mark.parametrize("time", ["2026-03-01T11:59:59Z", "2026-03-01T12:00:00Z"])
def test_an_open_project_takes_only_newer_pushes_without_a_token(api, time):
    api.add_project(open_scheduling=True)
    api.put(URL, BODY, token=False)
    other = URL.replace("/1/", "/2/")
    refused = api.put(other, BODY | {"pushed_at": time}, token=False)
    assert refused.status_code == 401 and "newer than the newest" in refused.json["detail"]
    assert api.put(other, BODY | {"pushed_at": time}).status_code == 201


def test_an_open_project_opens_the_schedule_call_alone(api):
    api.add_project(open_scheduling=True)
    api.put(URL, BODY, token=False)
    assert api.post(URL + "/failed", {"why": "x"}, token=False).status_code == 401


def test_a_wrong_token_is_refused_also_where_none_is_needed(api):
    api.add_project(open_scheduling=True)
    answer = api.put(URL, BODY, token=False, headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401


def test_writes_are_limited_and_reads_are_not(api, autoland):
    api.restart(writes_per_minute=2)
    assert [api.put(URL, BODY).status_code for _ in range(3)] == [201, 200, 429]
    limited = api.put(URL, BODY)
    assert 1 <= int(limited.headers["Retry-After"]) <= 31
    assert limited.json["status"] == 429
    assert api.get(URL).status_code == 200


def test_a_token_is_limited_wherever_it_is_used_and_others_by_address(api, autoland):
    api.restart(writes_per_minute=2, proxies=1)
    url = "/scopes/none/release"   # a 404 once it is let in

    def statuses(*addresses, **more):
        return [api.post(url, {}, headers={"X-Forwarded-For": f"1.1.1.1, {address}"}, **more)
                .status_code for address in addresses]
    assert statuses("a", "b", "c") == [404, 404, 429]
    assert statuses("a", "a", "a", "b", token=False) == [401, 401, 429, 401]
    api.now += timedelta(seconds=30)
    assert statuses("a", "b") == [404, 429]
    assert statuses("a", "a", token=False) == [401, 429]


def test_without_proxies_nobody_chooses_an_address(api, autoland):
    api.restart(writes_per_minute=2)
    assert [api.post("/scopes/none/release", {}, token=False, headers={
        "X-Forwarded-For": f"1.1.1.{number}"}).status_code for number in range(3)] == [
            401, 401, 429]


def test_a_body_over_the_limit_is_refused(api, autoland):
    api.restart(max_body=1000)
    answer = api.put(URL, BODY | {"revision": "a" * 2000})
    assert answer.status_code == 413 and answer.json["title"] == "Request Entity Too Large"


def test_a_body_that_is_no_json_is_refused(api, autoland):
    answer = api.put(URL, None, data=b"{", content_type="application/json")
    assert answer.status_code == 400 and answer.content_type == "application/problem+json"


@pytest.mark.parametrize("method, path, status", [
    ("GET", "/none", 404), ("POST", "/none", 404), ("DELETE", URL, 405),
])
def test_what_is_not_there_says_so_in_the_same_form(api, method, path, status):
    answer = api.call(method, path)
    assert answer.status_code == status and answer.json["status"] == status
