"""How sources are asked: politely, with limits."""

import gzip
import threading

import pytest
from loopback.scripted import Reply
from loopback.small_activedata import SmallActiveData

from seta.errors import SourceUnavailable
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
