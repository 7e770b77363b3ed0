"""The whole way: a local ActiveData over HTTP, into the store."""

from datetime import UTC, datetime, timedelta

import pytest
from ingest_world import add_projects, rows
from loopback.activedata import running_activedata
from loopback.documents import PUSHED_AT, document

from seta.ingest import IngestLengths, ingest_project
from seta.sources.activedata import ActiveData
from seta.sources.http import Http, HttpOptions
from seta.store.operation.watermarks import watermark

pytestmark = pytest.mark.slow

LENGTHS = IngestLengths(window=timedelta(days=1), overlap=timedelta(hours=1),
                        slice_length=timedelta(days=2))
PUSHED = datetime.fromtimestamp(PUSHED_AT, UTC)
FIX = "9fa614d8310d" + "1" * 28


def star(number, *, said_at, fix=FIX, classification="fixed by commit"):
    note = {} if fix is None else {
        "failure__notes__text": fix, "failure__notes__created": said_at,
        "failure__notes__failure_classification": classification}
    return document(number, "test-linux64/opt-mochitest-1", run__result="testfailed",
                    failure__classification=classification, last_modified=said_at, **note)


@pytest.fixture(scope="module")
def server():
    with running_activedata([
        document(1, "test-linux64/opt-mochitest-1", last_modified=PUSHED_AT + 1000),
        document(2, "test-linux64/debug-reftest-3", last_modified=PUSHED_AT + 1500),
        document(3, "mochitest-1", last_modified=PUSHED_AT + 2000, run__buildbot__id=5,
                 run__key="Ubuntu VM 12.04 x64 autoland debug test mochitest-1",
                 run__taskcluster__id=None),
        document(4, "test-linux64/opt-xpcshell", run__state="running", run__result=None,
                 last_modified=PUSHED_AT + 3000),
        star(5, said_at=PUSHED_AT + 4000),
    ]) as server:
        yield server


@pytest.fixture
def activedata(server):
    return ActiveData(Http(HttpOptions(tries=0)), server.url, row_limit=3)


def test_results_come_in_over_http_and_a_late_star_is_followed(sessions, server, activedata):
    """R61: more rows than the source's limit; R49: a star that comes a day later."""
    with sessions.begin() as session:
        add_projects(session)
    now = PUSHED + timedelta(hours=6)
    first = ingest_project(sessions, activedata, "autoland", now=now, lengths=LENGTHS)
    assert first.is_complete and first.stored.new == 4
    assert first.skipped["still running"] > 0

    later = PUSHED_AT + 86_400
    server.add([star(6, said_at=later, fix="c" * 12)])
    now = PUSHED + timedelta(hours=30)
    second = ingest_project(sessions, activedata, "autoland", now=now, lengths=LENGTHS)

    assert (second.stored.new, second.stored.changed) == (1, 0)
    with sessions() as session:
        assert [row[1:4] for row in rows(session, "classifications")] == [
            ("5", "fixed by commit", ["9fa614d8310d"]), ("6", "fixed by commit", ["c" * 12])]
        assert {row[:3] for row in rows(session, "job_names")} == {
            ("autoland", "taskcluster", "test-linux64/opt-mochitest-1"),
            ("autoland", "taskcluster", "test-linux64/debug-reftest-3"),
            ("autoland", "buildbot", "Ubuntu VM 12.04 x64 autoland debug test mochitest-1")}
        mark = watermark(session, source="activedata", project="autoland")
    assert mark.reached_at == PUSHED + timedelta(days=1), "what comes later may be older"
    assert mark.succeeded_at == now
