"""R20: whatever goes wrong, the plain client runs everything and says why in one line."""

import json
import logging
import re
import socket

import pytest

from seta.clients import exchange, http
from seta.clients.answers import NoAnswer
from seta.clients.breaker import BREAKER, Breaker
from seta.clients.exchange import TooLate

GOOD = {"action": "run", "kind": "selective", "run": ["a"], "skip": ["b"], "priorities": {},
        "snapshot": 7, "reasons": [], "next_due": {}}
DEADLINE = 0.6   # seconds, where the answer is too late
PATIENCE = 60    # seconds, where another reason is expected, however busy the machine is
LATE = r"no whole answer within 0\.6 s"


def changed(**changes):
    return {"body": {**GOOD, **changes}}


def without(key):
    return {"body": {name: value for name, value in GOOD.items() if name != key}}


WRONG_ANSWERS = [
    pytest.param({"status": 301, "headers": {"Location": "/"}}, "redirects", id="3xx loop"),
    pytest.param({"status": 308, "headers": {"Location": "//elsewhere.invalid/"}},
                 "redirects", id="redirect to elsewhere"),
    pytest.param({"status": 204, "body": b""}, "HTTP 204", id="2xx without a body"),
    pytest.param({"status": 400, "body": {"detail": "bad time"}}, "HTTP 400.*bad time", id="400"),
    pytest.param({"status": 400, "body": b"\x1b[31mred\n\n\x07line"}, r"HTTP 400: \[31mred line$",
                 id="400, with what a terminal would obey"),
    pytest.param({"status": 401}, "HTTP 401", id="401"),
    pytest.param({"status": 404}, "HTTP 404", id="404"),
    pytest.param({"status": 409}, "HTTP 409", id="409"),
    pytest.param({"status": 429}, "HTTP 429", id="429"),
    pytest.param({"status": 500}, "HTTP 500", id="500"),
    pytest.param({"status": 503, "body": b"stale"}, "HTTP 503", id="503"),
    pytest.param({"body": b"<html>hello</html>"}, "not JSON", id="not JSON"),
    pytest.param({"body": b""}, "not JSON", id="empty body"),
    pytest.param({"body": b"\xff\xfe\x00"}, "not JSON", id="not text"),
    pytest.param({"body": b"[" * 40_000}, "not JSON", id="nested without end"),
    pytest.param({"body": json.dumps(GOOD)[:40].encode()}, "not JSON", id="half a document"),
    pytest.param({"body": GOOD, "cut": 5}, "IncompleteRead", id="truncated"),
    pytest.param({"body": GOOD, "headers": {"Content-Encoding": "gzip"}}, "encoded",
                 id="compressed unasked"),
    pytest.param({"body": b" " * 60_000 + json.dumps(GOOD).encode()}, "longer than 50000",
                 id="over size"),
    pytest.param({"raw": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 60_000, "pause": 0.05}, LATE,
                 id="slow trickle of the head"),
    pytest.param({"raw": b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 10_000, "pause": 0.001}, LATE,
                 id="slow trickle of the body"),
    pytest.param({"raw": b"x", "pause": 30}, LATE, id="accepts and says nothing"),
    pytest.param({"raw": b""}, "ConnectionError", id="hangs up"),
    pytest.param({"raw": b"220 mail.example ESMTP\r\n"}, "ConnectionError",
                 id="not HTTP"),
    pytest.param({"raw": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}"},
                 "InvalidHeader|not|object", id="nonsense length"),
]
WRONG_SHAPES = [
    pytest.param({"body": []}, "not an object", id="list"),
    pytest.param({"body": "run"}, "not an object", id="text"),
    pytest.param({"body": None}, "not an object", id="null"),
    pytest.param({"body": 5}, "not an object", id="number"),
    pytest.param({"body": {}}, "action", id="empty object"),
    pytest.param(without("action"), "action", id="no action"),
    pytest.param(changed(action="skip"), "action", id="another action"),
    pytest.param(without("kind"), "kind", id="no kind"),
    pytest.param(changed(kind="partial"), "kind", id="another kind"),
    pytest.param(changed(kind=["full"]), "kind", id="kind is a list"),
    pytest.param(without("run"), "'run'", id="no run"),
    pytest.param(changed(run="a"), "'run'", id="run is a text"),
    pytest.param(changed(run={"a": 1}), "'run'", id="run is an object"),
    pytest.param(changed(run=[1]), "'run'", id="run holds a number"),
    pytest.param(changed(run=[]), "runs nothing", id="selective, but runs nothing"),
    pytest.param(without("skip"), "'skip'", id="no skip"),
    pytest.param(changed(skip=None), "'skip'", id="skip is null"),
    pytest.param(changed(skip=[["b"]]), "'skip'", id="skip holds a list"),
    pytest.param(changed(skip=["a", "b"]), "both runs and skips", id="run and skip overlap"),
    pytest.param(changed(reasons="late"), "'reasons'", id="reasons is a text"),
    pytest.param(changed(snapshot=None), "snapshot", id="no snapshot"),
    pytest.param(changed(fresh_until="2020-01-01T00:00:00+00:00"), "stale", id="stale"),
    pytest.param(changed(fresh_until="2020-01-01T00:00:00"), "stale", id="stale, no zone"),
    pytest.param(changed(fresh_until="soon"), "fresh_until", id="freshness is not a time"),
    pytest.param(changed(fresh_until=5), "fresh_until", id="freshness is a number"),
]


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    """Retries are part of many cases; their pauses are not what these are about."""
    monkeypatch.setattr(exchange, "PAUSE", 0.01)


def schedule(url, reason):
    return http.schedule("autoland", "12", "ab" * 20, 1580515200, url=url, max_bytes=50_000,
                         deadline=DEADLINE if LATE in reason else PATIENCE)


def assert_everything_runs(answer, caplog, reason):
    assert answer.is_full and not answer.skips("b")
    (line,) = [each for each in caplog.records if each.name.startswith("seta")]
    assert line.levelno == logging.WARNING
    assert answer.failure in line.getMessage() and "\n" not in line.getMessage()
    assert re.search(reason, answer.failure)


@pytest.mark.parametrize("answer, reason", WRONG_ANSWERS + WRONG_SHAPES)
def test_a_wrong_answer_runs_everything(serve, caplog, answer, reason):
    """R20, and R7: an empty answer is never taken for "there is nothing to run"."""
    server = serve(serve.answer(**answer))
    assert_everything_runs(schedule(server.url, reason), caplog, reason)


@pytest.mark.parametrize("address, reason", [
    pytest.param("http://127.0.0.1:{port}", "refused", id="refused"),
    pytest.param("http://seta.invalid", f"resol|{LATE}", id="DNS"),
    pytest.param("http://", "URL", id="no host"),
    pytest.param("http://.example", "URL|label", id="a host that cannot be"),
    pytest.param("gopher://127.0.0.1", "InvalidSchema", id="another scheme"),
    pytest.param("127.0.0.1:{port}", "InvalidSchema", id="no scheme"),
    pytest.param("http://[::1", "URL", id="half an IPv6 address"),
])
def test_an_address_that_does_not_answer_runs_everything(free_port, caplog, address, reason):
    answer = schedule(address.format(port=free_port), reason)
    assert_everything_runs(answer, caplog, reason)


def test_tls_to_a_plain_port_runs_everything(serve, caplog):
    server = serve(serve.answer(200, GOOD))
    answer = schedule(server.url.replace("http:", "https:"), "SSL")
    assert_everything_runs(answer, caplog, "SSL")


def test_a_port_that_never_accepts_runs_everything(caplog):
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):  # takes the only place in the queue
            answer = schedule(f"http://127.0.0.1:{port}", LATE)
    assert_everything_runs(answer, caplog, LATE)


def test_a_server_that_was_too_late_is_not_waited_for_again(serve, selective):
    """Or each push that comes would wait for the whole deadline."""
    server = serve(serve.answer(raw=b"x", pause=30))
    first, second = [http.schedule("autoland", push, "ab" * 20, 1580515200, url=server.url,
                                   deadline=DEADLINE) for push in "12"]
    assert re.search(LATE, first.failure) and len(server.requests) <= 1
    assert re.search("127.0.0.1:.* did not answer in time before", second.failure)

    BREAKER.forget()
    server.answer = serve.answer(200, selective(["a"], ["b"]))
    assert http.schedule("autoland", "3", "ab" * 20, 1580515200, url=server.url,
                         deadline=PATIENCE).skips("b")


def test_a_server_is_asked_again_after_a_minute_and_others_at_once():
    now = [0.0]
    breaker = Breaker(pause=60, clock=lambda: now[0])
    with pytest.raises(TooLate), breaker.watching("http://a.example/x"):
        raise TooLate("late")
    with breaker.watching("http://b.example/x"):
        pass
    now[0] = 59.0
    with pytest.raises(NoAnswer, match="a.example did not answer"), \
            breaker.watching("http://a.example/y"):
        raise AssertionError("it was asked")
    now[0] = 60.0
    with breaker.watching("http://a.example/y"):
        pass


@pytest.mark.parametrize("body, reason", [
    pytest.param([], "not an object", id="list"),
    pytest.param({}, "jobtypes", id="no jobtypes"),
    pytest.param({"jobtypes": []}, "jobtypes", id="jobtypes is a list"),
    pytest.param({"jobtypes": {}}, "jobtypes", id="no date"),
    pytest.param({"jobtypes": {"2020-02-01": ["b"], "2020-02-02": []}}, "jobtypes",
                 id="two dates"),
    pytest.param({"jobtypes": {"2020-02-01": [["linux64", "opt", "b"]]}}, "texts", id="triples"),
    pytest.param({"jobtypes": {"2020-02-01": None}}, "texts", id="null for a list"),
])
def test_a_wrong_low_value_list_is_an_empty_one(serve, caplog, body, reason):
    server = serve(serve.answer(200, body))
    assert http.low_value("autoland", "taskcluster", url=server.url,
                          deadline=PATIENCE) == frozenset()
    assert re.search(reason, caplog.text) and "everything runs" in caplog.text
