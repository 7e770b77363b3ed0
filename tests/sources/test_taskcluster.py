"""The newest decision task's list of jobs."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from loopback.scripted import Reply

from seta.domain import ListedJob
from seta.errors import SourceError, SourceGarbled, SourceRefused, SourceUnavailable
from seta.sources.taskcluster import TaskclusterIndex

NOW = datetime(2020, 3, 12, tzinfo=UTC)
JOBS = {
    "test-linux64/opt-xpcshell-1": {
        "symbol": "X1", "groupSymbol": "X", "groupName": "Xpcshell tests",
        "collection": {"opt": True}, "platform": "linux64", "tier": 2},
    "build-linux64/opt": {"symbol": "B", "collection": {"opt": True}, "platform": "linux64"},
}
PATH = ("/api/index/v1/task/gecko.v2.autoland.latest.taskgraph.decision"
        "/artifacts/public/runnable-jobs.json")


@pytest.fixture
def newest(serve, make_http):
    def newest(script):
        with serve(script) as server:
            source = TaskclusterIndex(make_http(), server.url, now=lambda: NOW)
            return source.newest_list("autoland"), [each.path for each in server.requests]
    return newest


def test_the_list_comes_with_tiers_and_symbols(newest):
    jobs, asked = newest(Reply(body=json.dumps(JOBS).encode()))
    assert asked == [PATH]
    assert jobs == [
        ListedJob("autoland", "taskcluster", "build-linux64/opt", NOW, 1, "", "B"),
        ListedJob("autoland", "taskcluster", "test-linux64/opt-xpcshell-1", NOW, 2, "X", "X1"),
    ]


def test_the_index_redirects_to_the_artifact(newest):
    def script(request):
        if request.path == PATH:
            return Reply(303, headers={"Location": "/artifact"})
        return Reply(body=gzip.compress(json.dumps(JOBS).encode()))

    jobs, asked = newest(script)
    assert len(jobs) == 2 and asked == [PATH, "/artifact"]


@pytest.mark.parametrize(("reply", "kind", "words"), [
    pytest.param(Reply(404, b'{"code":"ResourceNotFound"}'), SourceRefused,
                 "gecko.v2.autoland.*404.*ResourceNotFound", id="no such project"),
    pytest.param(Reply(503), SourceUnavailable, "503", id="down"),
    pytest.param(Reply(cuts_off=True), SourceUnavailable, "did not answer", id="reset"),
    pytest.param(Reply(body=b"{}"), SourceGarbled, "no jobs", id="an empty list"),
    pytest.param(Reply(body=b"[]"), SourceGarbled, "no jobs", id="another shape"),
    pytest.param(Reply(body=b"<html>"), SourceGarbled, "an HTML page", id="an HTML page"),
    pytest.param(Reply(body=b'{"a": 1}'), SourceGarbled, "'a' is not a job",
                 id="a job of a number"),
    pytest.param(Reply(body=b'{" ": {}}'), SourceGarbled, "' ' is not a job", id="a blank name"),
])
def test_no_list_is_an_error_and_never_an_empty_one(newest, reply, kind, words):
    """R25: an empty list would retire every job of the project."""
    with pytest.raises(SourceError, match=words) as caught:
        newest(reply)
    assert type(caught.value) is kind
    assert "the job list of autoland" in str(caught.value)
