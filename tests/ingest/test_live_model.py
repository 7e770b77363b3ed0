"""Whatever happens between any two requests, what is stored is what the source has at the end."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ingest_world import NOON, add_projects, believed
from ingest_world.moving_ci import ACTS, FIXED, WORDS, MovingCi, as_activedata
from loopback.in_process import URL, http_to
from loopback.scripted import Reply, Script
from sqlalchemy import text
from sqlalchemy.orm import sessionmaker

from seta.errors import SourceError
from seta.ingest import IngestLengths, ingest_project
from seta.sources import ResultSource
from seta.sources.activedata import ActiveData
from seta.sources.treeherder import Treeherder
from seta.store.operation.runs import last_ingest_end

HOUR = timedelta(hours=1)
# After a pause longer than the window, what changed before it is not asked for; so it is longer.
LENGTHS = IngestLengths(window=50 * HOUR, overlap=HOUR, slice_length=25 * HOUR)
MOST_OUTAGES = 2  # a slice that fails in three ingests is set aside

numbers = st.integers(0, 40)
acts = st.one_of(
    st.tuples(st.just("push"), st.integers(0, 10), numbers),
    st.tuples(st.just("star"), numbers, numbers),
    st.tuples(st.sampled_from(sorted(ACTS.keys() - {"push"})), numbers, numbers))


@dataclass
class Round:
    """What happens before and during an ingest, how long after the last one."""

    hours: int
    before: list[tuple]
    during: list[tuple]
    acts_each: int              # between two requests
    fails_at: int | None        # which request gets no answer


rounds = st.builds(
    Round, st.integers(1, 12), st.lists(acts, max_size=12), st.lists(acts, max_size=25),
    st.integers(1, 4), st.none() | st.integers(1, 30))


@dataclass(frozen=True)
class Kind:
    """A source and what stands in for its server; an answer is full at a 500th of the rows."""

    name: str
    script: Callable[[MovingCi], Script]
    source: Callable[[Script], ResultSource]
    id_of_push: str = "push_id"


KINDS = [
    Kind("treeherder", lambda ci: ci.server,
         lambda script: Treeherder(http_to(script), URL, jobs_per_answer=4, pushes_per_answer=3),
         id_of_push="treeherder_id"),
    Kind("activedata", as_activedata,
         lambda script: ActiveData(http_to(script), URL, row_limit=4)),
]


@dataclass
class Failing:
    """A script whose one request gets no answer."""

    script: Script
    at: int | None = None
    asked: int = 0

    def __call__(self, request):
        self.asked += 1
        return Reply(503, b"busy") if self.asked == self.at else self.script(request)


@contextmanager
def own_world(engine, source):
    """A database of one run's own: all its work is rolled back."""
    with engine.connect() as connection:
        transaction = connection.begin()
        sessions = sessionmaker(connection, join_transaction_mode="create_savepoint",
                                expire_on_commit=False)
        with sessions.begin() as session:
            add_projects(session, source=source)
        yield sessions
        transaction.rollback()


def ingest(sessions, ci, source):
    """Ingest once; return when it ended, and whether nothing failed, for the next to make up."""
    try:
        report = ingest_project(sessions, source, "autoland", now=ci.now, lengths=LENGTHS)
        is_whole = report.is_complete
    except SourceError:
        is_whole = False
    with sessions() as session:
        return last_ingest_end(session, source=source.name, project="autoland"), is_whole


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@settings(max_examples=8, phases=[Phase.generate], deadline=None, database=None,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(history=st.lists(acts, max_size=10), rounds=st.lists(rounds, min_size=1, max_size=4))
def test_what_is_stored_is_what_the_source_has_after_a_quiet_ingest(engine, kind, history, rounds):
    """And what was believed at the end of each ingest before stays what was believed then."""
    with own_world(engine, kind.name) as sessions:
        ci = MovingCi(NOON)
        script = Failing(kind.script(ci))
        source = kind.source(script)
        snapshots, outages = [], 0
        for act in history:
            ci.act(*act)
        for each in rounds:
            ci.now += each.hours * HOUR
            for act in each.before:
                ci.act(*act)
            ci.coming, ci.acts_each = list(each.during), each.acts_each
            script.asked, script.at = 0, each.fails_at if outages < MOST_OUTAGES else None
            outages += script.at is not None
            ended_at, is_whole = ingest(sessions, ci, source)
            ci.coming = []
            if is_whole:
                snapshots.append((ended_at, believed(sessions, ended_at)))
        script.at = None
        ci.now += HOUR
        _, is_whole = ingest(sessions, ci, source)
        assert is_whole or not ci.expected_pushes(), "a first fill without a push has failed"
        check(sessions, ci, kind)
        for ended_at, then in snapshots:
            assert believed(sessions, ended_at) == then, f"as of {ended_at}"


def check(sessions, ci, kind):
    with sessions() as session:
        stored = {(job_id, push[1:-1].split(",")[1], *others) for job_id, push, *others in
                  session.execute(text(
                      "SELECT job_id, (SELECT (project, revision)::text FROM pushes p "
                      "WHERE p.id = push), n.name, result, started_at, duration_ms "
                      "FROM job_results JOIN job_names n ON n.id = job_name_id"))}
        pushes = {tuple(row) for row in session.execute(text(
            f"SELECT revision, {kind.id_of_push}, pushed_at FROM pushes"))}
    assert stored == ci.expected_results()
    assert pushes == ci.expected_pushes()
    counted = believed(sessions, ci.now)
    expected = ci.expected_classifications()
    assert {job: counted.get(job) for job in expected} == expected
    fixed = {job for job, (word, _) in counted.items() if word == WORDS[FIXED]}
    assert fixed == {job for job, (word, _) in expected.items() if word == WORDS[FIXED]}
