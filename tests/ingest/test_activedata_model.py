"""Whatever happens between any two requests, what is stored is what ActiveData has at the end."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ingest_world import NOON, add_projects, believed
from ingest_world.extracted_ci import ACTS, FIXED, WORDS, ExtractedCi
from loopback.in_process import URL, http_to
from loopback.scripted import Reply
from sqlalchemy import text
from sqlalchemy.orm import sessionmaker

from seta.errors import SourceError
from seta.ingest import IngestLengths, ingest_project
from seta.sources.activedata import ActiveData
from seta.store.operation.runs import last_ingest_end

HOUR = timedelta(hours=1)
LENGTHS = IngestLengths(window=72 * HOUR, overlap=HOUR, slice_length=24 * HOUR)
ROW_LIMIT = 4  # not 10,000
MOST_OUTAGES = 2  # a slice that fails in three ingests is set aside

numbers = st.integers(0, 40)
acts = st.one_of(
    st.tuples(st.just("push"), st.integers(0, 10), numbers),
    *(st.tuples(st.just(each), numbers, numbers) for each in sorted(ACTS.keys() - {"push"})),
    st.tuples(st.just("star"), numbers, numbers))


@dataclass
class Round:
    """What happens before and during an ingest, how long after the last one."""

    hours: int
    before: list[tuple]
    during: list[tuple]
    acts_each: int              # between two requests
    fails_at: int | None        # which request gets no answer


rounds = st.lists(st.builds(
    Round, st.integers(1, 12), st.lists(acts, max_size=12), st.lists(acts, max_size=25),
    st.integers(1, 4), st.none() | st.integers(1, 30)), min_size=1, max_size=4)


@dataclass
class Failing:
    """A script whose one request gets no answer."""

    script: ExtractedCi
    at: int | None = None
    asked: int = 0

    def __call__(self, request):
        self.asked += 1
        if self.asked == self.at:
            return Reply(503 + self.asked % 2, b"busy")
        return self.script(request)


@contextmanager
def own_world(engine):
    """A database of one run's own: all its work is rolled back."""
    with engine.connect() as connection:
        transaction = connection.begin()
        sessions = sessionmaker(connection, join_transaction_mode="create_savepoint",
                                expire_on_commit=False)
        with sessions.begin() as session:
            add_projects(session)
        yield sessions
        transaction.rollback()


def ingest(sessions, ci, source):
    """Ingest once; an outage is for the next one to make up for. Return when it ended."""
    try:
        report = ingest_project(sessions, source, "autoland", now=ci.now, lengths=LENGTHS)
        is_whole = report.is_complete
    except SourceError:
        is_whole = False
    with sessions() as session:
        return last_ingest_end(session, source=source.name, project="autoland"), is_whole


@settings(max_examples=8, phases=[Phase.generate], deadline=None, database=None,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(history=st.lists(acts, max_size=10), rounds=rounds)
def test_what_is_stored_is_what_activedata_has_after_a_quiet_ingest(engine, history, rounds):
    """Documents come late, come twice, are replaced, and are answered in any order.

    What was believed at the end of each ingest before stays what was believed then.
    """
    with own_world(engine) as sessions:
        ci = ExtractedCi(NOON)
        script = Failing(ci)
        source = ActiveData(http_to(script), URL, row_limit=ROW_LIMIT)
        snapshots, outages = [], 0
        ci.act("push", 1, 1)  # since a first fill without any result is a failure
        ci.catch_up()
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
        ci.catch_up()
        ci.now += HOUR
        _, is_whole = ingest(sessions, ci, source)
        assert is_whole
        check(sessions, ci)
        for ended_at, then in snapshots:
            assert believed(sessions, ended_at) == then, f"as of {ended_at}"


def check(sessions, ci):
    with sessions() as session:
        stored = {(job_id, push[1:-1].split(",")[1], *others) for job_id, push, *others in
                  session.execute(text(
                      "SELECT job_id, (SELECT (project, revision)::text FROM pushes p "
                      "WHERE p.id = push), n.name, result, started_at, duration_ms "
                      "FROM job_results JOIN job_names n ON n.id = job_name_id"))}
        pushes = {tuple(row) for row in session.execute(text(
            "SELECT revision, push_id, pushed_at FROM pushes"))}
    assert stored == ci.expected_results()
    assert pushes == ci.expected_pushes()
    counted = believed(sessions, ci.now)
    expected = ci.expected_classifications()
    assert {job: counted.get(job) for job in expected} == expected
    fixed = {job for job, (word, _) in counted.items() if word == WORDS[FIXED]}
    assert fixed == {job for job, (word, _) in expected.items() if word == WORDS[FIXED]}
