"""Old clients against a real gunicorn: they get their lists, and nothing makes them crash."""

import datetime
import json
import time
import urllib.request
from dataclasses import replace

import pytest
import requests
from api.legacy.old_clients import (
    BARE, MASTER, ask, early_decision_task, first_page, late_decision_task, master,
    plain_decision_task,
)
from api.legacy.served import gunicorn
from publish.made_evidence import NOW, Evidence

from seta.config import Settings
from seta.publish import analyze, roll_back
from seta.store.curation import projects
from seta.store.engine import make_engine, make_sessions

pytestmark = pytest.mark.slow

LABELS = [f"test-linux64/opt-mochitest-{number}" for number in (1, 2, 3)]
BUILDERS = [f"Windows 8 64-bit mozilla-inbound debug test mochitest-{number}"
            for number in (1, 2, 3)]
PLATFORMS = {"Windows 8 64-bit"}
LOW_LABELS, LOW_BUILDERS = [LABELS[0], LABELS[2]], [BUILDERS[0], BUILDERS[2]]
DECISION_TASKS = [early_decision_task, plain_decision_task, late_decision_task]
TC = "/api/project/autoland/seta/job-priorities/?build_system_type=taskcluster"
GONE = "postgresql+psycopg2:///none?host=/nonexistent&user=none"


class Database:
    """A database of the tests of one file, archived so that the true date does not matter."""

    def __init__(self, url):
        self.url = url
        self.sessions = make_sessions(make_engine(url))
        evidence = Evidence(self.sessions).scope(is_archived=True).project("autoland")
        evidence.project("mozilla-inbound", build_systems=("buildbot",))
        inbound = {"project": "mozilla-inbound", "build_system": "buildbot"}
        evidence.caught("a" * 12, *LABELS[:2]).caught("b" * 12, LABELS[1]).passed(LABELS[2])
        evidence.caught("c" * 12, *BUILDERS[:2], **inbound)
        evidence.caught("d" * 12, BUILDERS[1], **inbound).passed(BUILDERS[2], **inbound)
        self.snapshot = self.analyze()

    def analyze(self):
        return analyze(self.sessions, "trunk", now=NOW, settings=Settings()).id

    def kill(self, is_killed):
        with self.sessions.begin() as session:
            for project in projects.projects(session):
                projects.save_project(session, replace(project, is_killed=is_killed))

    def close(self):
        self.sessions.kw["bind"].dispose()


@pytest.fixture(scope="module")
def store(make_database, template):
    store = Database(make_database(template))
    yield store
    store.close()


@pytest.fixture(scope="module")
def server(store):
    with gunicorn(store.url, workers=2) as address:
        yield address


@pytest.fixture(scope="module")
def without_database():
    with gunicorn(GONE) as address:
        yield address


@pytest.mark.parametrize("client", DECISION_TASKS)
def test_every_decision_task_skips_the_low_value_tasks(server, client):
    assert sorted(client(server, "autoland")) == LOW_LABELS


@pytest.mark.parametrize("date", ["2016-05-19", datetime.date.today().isoformat()])
def test_a_master_reads_builders_of_its_branch_under_the_date_it_sent(server, date):
    found = master(server, "mozilla-inbound", date, PLATFORMS)
    assert found == {name: ("Windows 8 64-bit", "debug", name.split()[-1])
                     for name in LOW_BUILDERS}


def test_the_first_page_shows_what_is_required(server):
    assert first_page(server, "2016-05-19") == [
        ("linux64", "opt", "mochitest-2"), ("windows8-64", "debug", "mochitest-2")]


@pytest.mark.parametrize("client", DECISION_TASKS)
@pytest.mark.parametrize("project", ["none", "mozilla-inbound"])
def test_a_project_without_task_labels_runs_everything(server, client, project):
    assert not client(server, project)


def test_a_master_of_an_unknown_branch_runs_everything(server):
    """R21: no error of ours breaks a configuration."""
    assert master(server, "none", "2016-05-19", PLATFORMS) == {}


@pytest.mark.parametrize("client", DECISION_TASKS)
def test_without_a_database_every_decision_task_runs_everything(without_database, client):
    """R20"""
    assert not client(without_database, "autoland")


def test_without_a_database_a_master_gets_a_proper_object(without_database):
    """R21"""
    for branch in ("mozilla-inbound", "none"):
        assert master(without_database, branch, "2016-05-19", PLATFORMS) == {}
    body = ask(without_database, "/api/project/mozilla-inbound/seta/job-priorities/"
               "?build_system_type=buildbot", MASTER).body
    assert list(json.loads(body)["jobtypes"].values()) == [[]]


def test_without_a_database_the_other_reads_are_refused_in_text(without_database):
    for path in (TC, "/data/setadetails/", "/data/jobtypes/", "/data/jobnames/", "/data/seta/"):
        answer = ask(without_database, path, BARE)
        assert (answer.status, answer.headers["content-type"]) == (
            503, "text/plain; charset=utf-8")
        assert b"nonexistent" not in answer.body  # where the database is is nobody's business


def test_a_request_may_have_no_headers_at_all(server):
    assert ask(server, TC, "").status == 200


def test_a_master_wants_the_connection_closed(server):
    answer = ask(server, "/data/setadetails/?buildbot=1&branch=mozilla-inbound", MASTER)
    assert answer.headers["connection"] == "close"
    assert "content-encoding" not in answer.headers


def test_today_is_the_key_where_no_date_was_sent(server):
    before = datetime.datetime.now(datetime.UTC).date()
    date, = json.loads(ask(server, TC, BARE).body)["jobtypes"]
    assert before <= datetime.date.fromisoformat(date) <= datetime.datetime.now(datetime.UTC).date()


def test_urllib_and_requests_read_it_too(server):
    with urllib.request.urlopen(server + TC, timeout=30) as response:
        from_urllib = json.load(response)
    from_requests = requests.get(server + TC, timeout=30)
    assert from_requests.headers["Content-Encoding"] == "gzip"
    assert from_requests.history == []
    assert from_requests.json() == from_urllib
    batch = requests.get(server + "/data/jobtypes/", headers={"accept-encoding": "json"},
                         timeout=30)
    assert len(batch.json()["jobtypes"]) == 6 and "Content-Encoding" not in batch.headers


def test_every_process_notices_a_new_snapshot_and_the_way_back(server, store):
    """R22, R24: also a kill switch."""
    second = store.analyze()
    _until(lambda: {_snapshot(server) for _ in range(20)} == {str(second)})
    roll_back(store.sessions, "trunk", who="ann", why="a test", now=NOW)
    _until(lambda: {_snapshot(server) for _ in range(20)} == {str(store.snapshot)})
    store.kill(True)
    _until(lambda: {ask(server, TC, BARE).status for _ in range(20)} == {503})
    assert not late_decision_task(server, "autoland")
    assert master(server, "mozilla-inbound", "2016-05-19", PLATFORMS) == {}
    store.kill(False)
    _until(lambda: {ask(server, TC, BARE).status for _ in range(20)} == {200})


def _snapshot(server):
    return ask(server, TC, BARE).headers["seta-snapshot"]


def _until(is_so):
    """Wait until something is so; it may take a process five seconds to notice."""
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.2)
