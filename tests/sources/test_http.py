"""How sources are asked: politely, with limits."""

import gzip
import threading

import pytest
from loopback.scripted import Reply
from loopback.small_activedata import SmallActiveData

from seta.errors import SourceError, SourceTooSlow, SourceUnavailable
from seta.sources.activedata import ActiveData


def test_a_source_is_told_who_asks(serve, make_http):
    http = make_http(contact="seta@example.org", referer="https://seta.example.org", version="1.0")
    with serve(Reply(body=b"{}")) as server:
        http.get(f"{server.url}/a", count=3)
        asked = server.requests[0]
    assert asked.path == "/a?count=3"
    assert asked.headers["User-Agent"] == "seta/1.0"
    assert asked.headers["From"] == "seta@example.org"
    assert asked.headers["Referer"] == "https://seta.example.org"
    assert asked.headers["Accept-Encoding"] == "gzip"


def test_nothing_is_told_that_is_not_set(serve, make_http):
    with serve(Reply(body=b"{}")) as server:
        make_http().post(f"{server.url}/query", b"{}")
        headers = server.requests[0].headers
    assert "From" not in headers and "Referer" not in headers


@pytest.mark.parametrize("headers", [
    pytest.param({"Content-Encoding": "gzip"}, id="as a coded transfer"),
    pytest.param({}, id="as a file"),
])
def test_gzip_is_unpacked(serve, make_http, headers):
    with serve(Reply(body=gzip.compress(b'{"a": 1}'), headers=headers)) as server:
        assert make_http().get(server.url).body == b'{"a": 1}'


def test_a_retry_after_of_an_hour_is_not_obeyed(serve, make_http):
    replies = [Reply(503, headers={"Retry-After": "3600"}), Reply(body=b"{}")]
    with serve(replies) as server:
        assert make_http(longest_wait=.01).get(server.url).is_good
        assert len(server.requests) == 2


def test_a_body_that_is_broken_in_transfer_is_an_outage(serve, make_http):
    with serve(Reply(body=b"no gzip", headers={"Content-Encoding": "gzip"})) as server:
        with pytest.raises(SourceUnavailable, match="did not answer"):
            make_http().get(server.url)


@pytest.mark.parametrize(("bad", "kind", "asked", "words"), [
    pytest.param(Reply(504, b"Gateway Time-out"), SourceTooSlow, 1,
                 "answered 504 after 0 s: Gateway Time-out", id="504"),
    pytest.param(Reply(waits=30), SourceTooSlow, 1, "did not answer within",
                 id="no answer in time"),
    pytest.param(Reply(502, b"killed", waits=.3), SourceTooSlow, 1, "answered 502 .*: killed",
                 id="502 after a while"),
    pytest.param(Reply(cuts_off=True, waits=.3), SourceTooSlow, 1, "closed the connection",
                 id="cut off after a while"),
    pytest.param(Reply(body=b"12345", length=500), SourceTooSlow, 1,
                 "broke off its answer after 5 bytes", id="cut off in the middle"),
    pytest.param(Reply(body=b"1234567", length=500, trickles=.2), SourceTooSlow, 1,
                 "not finished after 1 s", id="a trickle"),
    pytest.param(Reply(503, b"busy"), SourceUnavailable, 3, "answered 503: busy",
                 id="overloaded at once"),
    pytest.param(Reply(502), SourceUnavailable, 3, "answered 502", id="502 at once"),
    pytest.param(Reply(cuts_off=True), SourceUnavailable, 3, "did not answer", id="reset at once"),
])
def test_what_was_too_slow_is_not_asked_again_by_a_caller_that_can_ask_for_less(
    serve, make_http, bad, kind, asked, words
):
    http = make_http(slow_after=.25, read_timeout=.5, deadline=1)
    with serve(bad) as server:
        with pytest.raises(SourceError, match=words) as caught:
            http.get(server.url)
        assert (type(caught.value), len(server.requests)) == (kind, asked)


def test_the_time_of_earlier_tries_and_of_waiting_does_not_make_a_try_slow(serve, make_http):
    replies = [Reply(503, waits=.15), Reply(503, headers={"Retry-After": "1"}, waits=.15),
               Reply(503, waits=.15), Reply(body=b"{}")]
    with serve(replies) as server:
        assert make_http(slow_after=.4, tries=3, longest_wait=.5).get(server.url).is_good
        assert len(server.requests) == 4


def test_activedata_is_asked_one_query_at_a_time(serve, make_http, between):
    """Two threads share one source; the service is old and slow."""
    running, most = [], []
    answer = SmallActiveData([])

    def count(request):
        running.append(request)
        most.append(len(running))
        threading.Event().wait(.05)
        running.pop()
        return answer(request)

    with serve(count) as server:
        source = ActiveData(make_http(), server.url)
        threads = [threading.Thread(target=lambda: list(source.results(between(1000, 2000))))
                   for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most == [1, 1, 1, 1]
