"""R25: an outage, a refusal and a garbled answer are errors; none reads as "no failures"."""

import gzip
import json

import pytest
from loopback.documents import flat_row
from loopback.scripted import Reply
from loopback.small_activedata import SmallActiveData

from seta.errors import (
    SourceError, SourceGarbled, SourceRefused, SourceTooSlow, SourceUnavailable,
)
from seta.sources.activedata import ActiveData

CHAIN = {
    "context": "ERROR", "template": "could not execute expression {{expression}}",
    "params": {"expression": {"neq": {"failure.notes.failure_classification": "infra"}}},
    "format": None, "trace": [{"file": "jx.py", "line": 161, "method": "query"}],
    "cause": {"context": "ERROR", "template": "Expecting a {{type|quote}}, not {{0}}",
              "params": {"type": "Mapping"}, "cause": [{"template": "deep"}, {"template": "wide"}]},
    "meta": {"timing": {"total": 3.1}},
}
PAGE = b"<!DOCTYPE html><html><body>ActiveData service overview</body></html>"
HEADER = ["job_id", "label", "branch", "revision", "push_date", "result", "last_modified"]


def table(header, data):
    return json.dumps({"meta": {"format": "table"}, "header": header, "data": data}).encode()


ANSWERS = [
    pytest.param(Reply(400, json.dumps(CHAIN).encode(), "text/html"), SourceRefused,
                 r'could not execute expression \{"neq":.*Expecting a Mapping, not \{\{0\}\}'
                 ".*deep.*wide", id="400 with a chain of causes"),
    pytest.param(Reply(400, b'{"cause":{"cause":{"template":"no such table"}}}'), SourceRefused,
                 "400: no such table", id="400 with the template two causes deep"),
    pytest.param(Reply(400, b'{"type":"ERROR","template":"old {{x}}","params":{"x":1}}'),
                 SourceRefused, "old 1", id="400 of an older build"),
    pytest.param(Reply(400, b"<html>empty body</html>", "text/html"), SourceRefused,
                 "400: empty body", id="400 page for an empty body"),
    pytest.param(Reply(400, b"[1, 2"), SourceRefused, r"400: \[1, 2", id="400 with broken JSON"),
    pytest.param(Reply(400, b"[]"), SourceRefused, r"400: \[\]", id="400 without a message"),
    pytest.param(Reply(400, b'{"template":"top","cause":' * 90 + b"null" + b"}" * 90),
                 SourceRefused, "400: (top; caused by: ){20}top$", id="400, causes without end"),
    pytest.param(Reply(400), SourceRefused, "400: nothing", id="400 without a body"),
    pytest.param(Reply(413, b'{"template":"Query is too large"}', "text/html"), SourceRefused,
                 "413: Query is too large", id="413"),
    pytest.param(Reply(413), SourceRefused, "413: the query is too large", id="bare 413"),
    pytest.param(Reply(404, b'{"type":"ERROR","template":"not found"}'), SourceRefused,
                 "404: not found", id="404"),
    pytest.param(Reply(502, b"<html>Bad Gateway</html>", "text/html"), SourceUnavailable,
                 "502: Bad Gateway", id="502 page"),
    pytest.param(Reply(503, b"<html>busy</html>", "text/html"), SourceUnavailable, "503: .*busy",
                 id="503 page"),
    pytest.param(Reply(504, b"<html>Gateway Time-out</html>", "text/html"), SourceTooSlow,
                 "504: .*Gateway Time-out", id="504 page after five minutes"),
    pytest.param(Reply(429, b"slow down"), SourceUnavailable, "429: slow down", id="429"),
    pytest.param(Reply(cuts_off=True), SourceUnavailable,
                 "did not answer: Remote end closed connection without response$", id="reset"),
    pytest.param(Reply(body=b"{}", length=500), SourceTooSlow, "broke off its answer",
                 id="fewer bytes than promised"),
    pytest.param(Reply(body=b"x", waits=30), SourceTooSlow, "did not answer within 0.3 s",
                 id="no answer in time"),
    pytest.param(Reply(body=b" " * 50, trickles=.05), SourceTooSlow, "was not finished after",
                 id="a trickle"),
    pytest.param(Reply(body=b""), SourceGarbled, "the answer is empty", id="empty"),
    pytest.param(Reply(body=PAGE, content_type="text/html"), SourceGarbled,
                 "an HTML page instead of JSON", id="200 with the overview page"),
    pytest.param(Reply(body=b"no answer"), SourceGarbled, "not JSON", id="not JSON"),
    pytest.param(Reply(body=table(HEADER, [])[:-9]), SourceGarbled, "not JSON", id="truncated"),
    pytest.param(Reply(body=b"\xff\xfe{}"), SourceGarbled, "not JSON", id="not UTF-8"),
    pytest.param(Reply(body=b"[" * 100_000), SourceGarbled, "not JSON", id="nested too deep"),
    pytest.param(Reply(body=b" " * 2_000_000), SourceGarbled, "more than 1000000 bytes",
                 id="too large"),
    pytest.param(Reply(body=gzip.compress(b" " * 2_000_000)), SourceGarbled,
                 "more than 1000000 bytes", id="too large once unpacked"),
    pytest.param(Reply(body=gzip.compress(table(HEADER, []))[:-9]), SourceGarbled,
                 "gzip file that ends early", id="truncated gzip"),
    pytest.param(Reply(302, headers={"Location": "/query"}), SourceGarbled, "redirects",
                 id="redirects without end"),
    pytest.param(Reply(body=b"null"), SourceGarbled, "has no data: None", id="null"),
    pytest.param(Reply(body=b'{"meta":{}}'), SourceGarbled, "has no data", id="no data"),
    pytest.param(Reply(body=b'{"data":7,"header":["job_id"]}'), SourceGarbled, "must be lists",
                 id="data that is a number"),
    pytest.param(Reply(body=b'{"data":[[1]],"meta":{"format":"table"}}'), SourceGarbled,
                 "no header", id="a table without a header"),
    pytest.param(Reply(body=b'{"data":[]}'), SourceGarbled, "no header",
                 id="nothing that says it is empty"),
    pytest.param(Reply(body=table(HEADER, [[1, 2]])), SourceGarbled, r"not have 7 values: \[1, 2\]",
                 id="a ragged row"),
    pytest.param(Reply(body=table(HEADER, [{"job_id": 1}])), SourceGarbled, "not have 7 values",
                 id="an object in a table"),
    pytest.param(Reply(body=table(["job_id", "label"], [])), SourceGarbled,
                 "no column branch, revision, push_date, result, last_modified",
                 id="missing columns"),
    pytest.param(Reply(body=table([{"title": "job_id"}], [])), SourceGarbled, "is not a column",
                 id="a header of another kind"),
    pytest.param(Reply(body=b'{"data":{"job_id":[1],"label":[]}}'), SourceGarbled, "no column",
                 id="a cube without the columns"),
    pytest.param(Reply(body=table(HEADER, [[None] * 7] * 20)), SourceGarbled,
                 r"none of 20 rows can be used: no build system \(20\)",
                 id="rows of which none can be used"),
]


@pytest.mark.parametrize(("reply", "kind", "words"), ANSWERS)
def test_a_bad_answer_is_an_error_of_its_kind_that_names_the_slice(
    serve, make_http, between, reply, kind, words
):
    """R25, R62: never an empty answer; what ActiveData said stands in the message."""
    http = make_http(tries=1, read_timeout=.3, deadline=.6, max_bytes=1_000_000)
    with serve(reply) as server:
        source = ActiveData(http, server.url)
        with pytest.raises(SourceError, match=words) as caught:
            list(source.results(between(1000, 2000)))
    assert type(caught.value) is kind
    assert "autoland by modified 1970-01-01T00:16:40Z to 1970-01-01T00:33:20Z" in str(caught.value)


@pytest.mark.parametrize(("bad", "asked"), [
    pytest.param(Reply(503), 3, id="overloaded: again"),
    pytest.param(Reply(504), 2, id="timed out behind the gateway: once, and less once"),
    pytest.param(Reply(cuts_off=True), 3, id="reset: again"),
    pytest.param(Reply(400, b"{}"), 1, id="refused: the same question never helps"),
    pytest.param(Reply(413), 1, id="too large: never helps"),
    pytest.param(Reply(body=PAGE), 1, id="a page: not now"),
])
def test_only_what_a_retry_may_help_is_asked_again(serve, make_http, between, bad, asked):
    with serve(bad) as server:
        with pytest.raises(SourceError):
            list(ActiveData(make_http(slow_after=20), server.url).results(between(1000, 2000)))
        assert len(server.requests) == asked


def test_a_source_that_recovers_within_the_tries_is_read(serve, make_http, between, read_all):
    good = SmallActiveData([flat_row(1, "test-linux64/opt-x-1", last_modified=1500)])
    replies = [Reply(503), Reply(cuts_off=True)]
    with serve(lambda request: replies.pop() if replies else good(request)) as server:
        results, _ = read_all(ActiveData(make_http(), server.url), between(1000, 2000))
    assert [result.job_id for result in results] == ["1"]


def test_batches_before_an_outage_are_good(serve, make_http, between):
    """What came before the source went down may be stored; the slice still fails."""
    good = SmallActiveData([
        flat_row(index, "test-linux64/opt-x-1", last_modified=1000 + index)
        for index in range(1, 9)])
    asked = []

    def once(request):
        asked.append(request)
        return good(request) if len(asked) <= 2 else Reply(503, b"down")

    with serve(once) as server:
        batches = ActiveData(make_http(), server.url, row_limit=4).results(between(1000, 2000))
        assert [result.job_id for result in next(batches).results] == ["1", "2", "3"]
        with pytest.raises(SourceUnavailable, match="00:16:43.200 to .*503: down"):
            next(batches)


def test_nobody_there_is_an_outage(make_http, between):
    source = ActiveData(make_http(), "http://127.0.0.1:9")
    with pytest.raises(SourceUnavailable, match="autoland by modified .*/query did not answer: "
                                                r"\[Errno 111\] Connection refused$"):
        list(source.results(between(1000, 2000)))


def test_an_address_that_is_none_is_refused(make_http, between):
    with pytest.raises(SourceRefused, match="is not a valid address"):
        list(ActiveData(make_http(), "activedata").results(between(1000, 2000)))


def test_the_engines_own_refusal_is_rendered(activedata_server, make_http, between):
    """A real exception of ActiveData's language, with the keys of today's version."""
    source = ActiveData(make_http(), activedata_server.url, table="nowhere")
    with pytest.raises(SourceRefused, match="Problem with query .*unknown table nowhere"):
        list(source.results(between(1000, 2000)))
