"""A list that is answered again without Flask is what Flask would answer, at every moment."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from publish.made_evidence import DAY, NOW
from werkzeug.test import Client

from seta.config import Settings
from seta.publish import publish
from seta.publish.serving import Published
from seta.publish.serving.edition import MOST_ANSWERS
from seta.store.curation import projects
from seta.store.engine import make_engine, make_sessions
from seta.store.operation.watermarks import record_success
from seta.wsgi import build_app

TC = "/api/project/autoland/seta/job-priorities/?build_system_type=taskcluster"
BB = "/api/project/mozilla-inbound/seta/job-priorities/?build_system_type=buildbot"
DETAILS = "/data/setadetails/?branch=autoland"
LABEL = "test-linux64/opt-mochitest-3"
NOTHING, TINY, SKEW = timedelta(), timedelta(microseconds=1), timedelta(minutes=10)
FRESH = timedelta(hours=36)
LATER = NOW + timedelta(hours=11)    # as of which the second snapshot is


class Site:
    """One application, asked as clients ask it and, below what repeats answers, as Flask.

    What is published is looked up `every` so many seconds.
    """

    def __init__(self, sessions, every=0):
        self.sessions, self.now, self.flask_calls, self._every = sessions, NOW, 0, every
        self.after_flask = lambda: None
        quick, self._slow = self._app(), Client(self._app().wsgi_app.app)
        self._flask, quick.wsgi_app.app = quick.wsgi_app.app, self._counted
        self._quick = Client(quick.wsgi_app)

    def ask(self, path, method="GET", **headers):
        """Return the answer, of which the slow way's has the same bytes and headers."""
        asked = self.ask_quickly(path, headers, method)
        assert asked == self._exchange(self._slow, path, method, headers)
        return asked

    def ask_quickly(self, path, headers, method="GET"):
        return self._exchange(self._quick, path, method, headers)

    def is_quick(self, path, method="GET", **headers):
        """Return whether a question is answered without Flask."""
        calls = self.flask_calls
        self.ask(path, method, **headers)
        return self.flask_calls == calls

    def _app(self):
        published = Published(lambda: self.sessions(), Settings(), lambda: self.now,
                              every=self._every, patience=30)
        return build_app(Settings(), self.sessions, clock=lambda: self.now, published=published)

    def _counted(self, environ, start_response):
        self.flask_calls += 1
        answer = self._flask(environ, start_response)
        self.after_flask()
        return answer

    @staticmethod
    def _exchange(client, path, method, headers):
        with client.open(path, method=method, headers={
                name.replace("_", "-"): value for name, value in headers.items()}) as response:
            return response.status, list(response.headers), response.get_data()


@pytest.fixture(scope="module")
def quick(good):
    """A site where nothing changes any more."""
    return Site(good.sessions, every=3600)


KINDS = ["", "build_system_type=taskcluster", "build_system_type=buildbot", "build_system_type=*",
         "taskcluster=1", "buildbot=1", "build_system_type=jenkins"]
NUMBERS = ["", *(f"priority={number}" for number in (1, 2, 3, 4, 5, 77)), "priority=high",
           "inactive=1"]
ROUTES = [f"/api/project/{project}/seta/{form}"
          for project in ("autoland", "mozilla-inbound", "none")
          for form in ("job-priorities/", "v1/job-priorities")]
ROUTES += [f"/data/setadetails/?branch={project}" for project in ("autoland", "mozilla-inbound")]
ROUTES += ["/data/setadetails", "/data/setadetails/?branch=none"]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_list_is_the_same_when_it_is_asked_for_again(quick, route, kind):
    """R10"""
    for number in NUMBERS:
        path = route + ("&" if "?" in route else "?") + f"{kind}&{number}"
        first, calls = quick.ask(path), quick.flask_calls
        assert quick.ask_quickly(path, {}) == first
        is_empty_answer = "SETA-Snapshot" not in dict(first[1])
        assert (quick.flask_calls > calls) is is_empty_answer, path


@pytest.mark.parametrize("method, headers", [
    pytest.param("GET", {"Accept_Encoding": "gzip"}, id="gzip"),
    pytest.param("GET", {"Accept_Encoding": "gzip;q=0, br"}, id="anything but gzip"),
    pytest.param("HEAD", {}, id="HEAD"),
    pytest.param("HEAD", {"Accept_Encoding": "gzip"}, id="HEAD, gzip"),
    pytest.param("GET", {"Origin": "http://page.example"}, id="another origin"),
    pytest.param("GET", {"User_Agent": "TaskCluster"}, id="a decision task"),
    pytest.param("GET", {"User_Agent": "curl/8"}, id="another agent"),
    pytest.param("GET", {"Accept": "application/json"}, id="JSON"),
    pytest.param("GET", {"Host": "other.example:81"}, id="another host"),
    pytest.param("GET", {"Host": "a b"}, id="no host"),
    pytest.param("GET", {"If_None_Match": '"x"'}, id="another ETag"),
    pytest.param("GET", {"If_None_Match": "*"}, id="any ETag"),
    pytest.param("HEAD", {"If_None_Match": "*"}, id="HEAD, any ETag"),
    pytest.param("GET", {"If_Modified_Since": "Sun, 01 Mar 2026 11:00:00 GMT"}, id="a time"),
    pytest.param("GET", {"Range": "bytes=0-9"}, id="a range"),
])
def test_a_request_gets_its_own_answer_whatever_was_asked_before(quick, method, headers):
    for path in (TC, TC + "&date=2016-05-19", BB, DETAILS, DETAILS + "&priority=1"):
        quick.ask(path)
        quick.ask(path, method, **headers)
        assert quick.is_quick(path) and quick.is_quick(path, method, **headers)


def test_what_a_client_has_already_is_not_sent_again(quick):
    for path in (TC, DETAILS):
        plain, packed = dict(quick.ask(path)[1]), dict(quick.ask(path, Accept_Encoding="gzip")[1])
        for known in (plain["ETag"], f'"x", {plain["ETag"]}', "W/" + plain["ETag"]):
            for _ in range(2):
                status, headers, body = quick.ask(path, If_None_Match=known)
                assert (status, body) == ("304 NOT MODIFIED", b"")
        assert quick.is_quick(path, If_None_Match=known)
        assert quick.ask(path, If_None_Match=packed["ETag"])[0] == "200 OK"
        quick.ask(path, Accept_Encoding="gzip", If_None_Match=packed["ETag"])
        assert quick.is_quick(path, Accept_Encoding="gzip", If_None_Match=packed["ETag"])


@pytest.mark.parametrize("method, path", [
    pytest.param("OPTIONS", TC, id="OPTIONS"),
    pytest.param("POST", TC, id="POST"),
    pytest.param("GET", "/data/jobtypes/", id="job types"),
    pytest.param("GET", "/data/seta/", id="failures"),
    pytest.param("GET", "/data/setadetailsx", id="no such path"),
])
def test_flask_answers_the_rest(quick, method, path):
    quick.ask(path, method)
    assert not quick.is_quick(path, method)


def test_questions_without_end_do_not_shut_out_those_that_are_asked(quick):
    for number in range(MOST_ANSWERS + 10):
        quick.ask_quickly(f"{TC}&nonsense={number}", {})
    quick.ask_quickly(TC, {})
    assert quick.is_quick(TC)
    assert not quick.is_quick(f"{TC}&nonsense=0")


def test_nothing_is_answered_before_anything_was_loaded(good):
    engine = make_engine("postgresql+psycopg2:///none?host=/nonexistent")
    site = Site(make_sessions(engine))
    assert site.ask(TC)[0] == "503 SERVICE UNAVAILABLE"
    site.sessions = good.sessions
    assert site.ask(TC)[0] == "200 OK"
    assert site.is_quick(TC)


def test_a_health_check_never_waits_for_the_lists(good):
    """The path decides first, so that what has nothing to do with lists does not look at them."""
    site = Site(good.sessions)
    site._quick.application._published = None
    assert site.ask("/__lbheartbeat__")[0] == "200 OK"


class World:
    """A site, and what happens around it. Each event is a method."""

    def __init__(self, sessions, snapshots):
        self._up, self._snapshots = sessions, snapshots
        self._down = make_sessions(make_engine("postgresql+psycopg2:///none?host=/nonexistent"))
        self._site = Site(sessions)
        self.kill(False)
        self.publish(0)
        self.ingest(3)   # so that it is not at midnight that the results go stale

    def ask(self, question):
        path, headers = question
        self._site.ask(path, **headers)

    def publish(self, number):
        publish(self._up, self._snapshots[number].id, who="ann", why="a test", now=NOW)
        self._as_of = self._snapshots[number].as_of

    def kill(self, is_killed):
        with self._up.begin() as session:
            known = projects.project_named(session, "autoland")
            projects.save_project(session, replace(known, is_killed=is_killed))

    def ingest(self, minutes_ahead):
        self._ingested_at = self._site.now + timedelta(minutes=minutes_ahead)
        with self._up.begin() as session:
            for project in ("autoland", "mozilla-inbound"):
                record_success(session, source="files", project=project, now=self._ingested_at)

    def lose_database(self, is_lost):
        self._site.sessions = self._down if is_lost else self._up

    def publish_meanwhile(self, number, question):
        self._site.after_flask = partial(self.publish, number)
        self._site.ask_quickly(*question)

    def wait(self, span):
        self._site.now += span

    def turn(self, turn, question, offsets):
        """Ask around one of the times at which something goes stale or fresh."""
        midnight = self._site.now.replace(hour=0, minute=0, second=0, microsecond=0)
        moment = {"too early for the snapshot": self._as_of - SKEW,
                  "too early for the results": self._ingested_at - SKEW,
                  "results are stale": self._ingested_at + FRESH,
                  "the snapshot is stale": self._as_of + 7 * DAY,
                  "midnight": midnight + DAY}[turn]
        for offset in offsets:
            self._site.now = moment + offset
            self.ask(question)


MOMENTS = [-TINY, NOTHING, TINY]
TURNS = ["too early for the snapshot", "too early for the results", "results are stale",
         "the snapshot is stale", "midnight"]
QUESTIONS = [(TC, {}), (DETAILS, {"Accept_Encoding": "gzip"}), (BB, {"If_None_Match": "*"}),
             ("/data/setadetails/", {}), (TC + "&date=2026-03-02", {}),
             (DETAILS, {"User_Agent": "TaskCluster"})]
QUESTION = st.sampled_from(QUESTIONS)
EVENT = st.one_of(
    st.tuples(st.just("publish"), st.sampled_from([0, 1])),
    st.tuples(st.just("kill"), st.booleans()),
    st.tuples(st.just("ingest"), st.sampled_from([0, 10, 11])),
    st.tuples(st.just("lose_database"), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([TINY, -TINY, timedelta(hours=1), DAY])),
    st.tuples(st.just("turn"), st.sampled_from(TURNS), QUESTION, st.permutations(MOMENTS)))
STEPS = st.lists(st.tuples(EVENT, QUESTION), min_size=1, max_size=8)


@pytest.fixture
def world(evidence, site):
    """A world with a second snapshot, which gives the lists other names."""
    for project in ("autoland", "mozilla-inbound"):
        evidence.ingested(project, at=NOW)
    first = site.analyze()
    evidence.caught("e" * 12, LABEL, at=NOW)
    site.now = LATER
    return partial(World, site.sessions, [first, site.analyze()])


@given(STEPS)
@settings(max_examples=20, deadline=None, suppress_health_check=[
    HealthCheck.function_scoped_fixture])
def test_a_repeated_answer_is_the_true_one_whatever_happens(world, steps):
    """R59: nothing that is served outlives a publication, a switch, staleness or the date."""
    it = world()
    for (event, *values), question in steps:
        it.ask(QUESTIONS[0])
        getattr(it, event)(*values)
        it.ask(QUESTIONS[0])
        it.ask(question)


@pytest.mark.parametrize("turn", TURNS)
def test_a_repeated_answer_ends_to_the_microsecond(world, turn):
    it = world()
    if "snapshot" in turn:   # which the results would hide
        it.publish(1)
        it.turn(turn, QUESTIONS[0], [-SKEW])
        it.ingest(0)
    it.turn(turn, QUESTIONS[0], [-TINY, -TINY, NOTHING, -TINY, TINY, TINY, NOTHING, TINY, -TINY])


def test_an_answer_that_took_longer_than_its_edition_is_not_repeated(world):
    it = world()
    it.publish_meanwhile(1, QUESTIONS[0])
    it.ask(QUESTIONS[0])
