"""Ingests of a source that moves, and what must be stored after them."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st
from loopback.scripted import Reply, Script
from sqlalchemy import text
from sqlalchemy.orm import sessionmaker

from seta.errors import SourceError
from seta.ingest import ingest_project
from seta.store.operation.runs import last_ingest_end

from . import add_projects, believed
from .moving_ci import FIXED, WORDS

HOUR = timedelta(hours=1)
MOST_OUTAGES = 2  # a slice that fails in three ingests is set aside

numbers = st.integers(0, 40)


def acts_of(names):
    """Acts of these names, among them more pushes and stars than others."""
    return st.one_of(
        st.tuples(st.just("push"), st.integers(0, 10), numbers),
        st.tuples(st.just("star"), numbers, numbers),
        st.tuples(st.sampled_from(sorted({*names} - {"push"})), numbers, numbers))


@dataclass
class Round:
    """What happens before and during an ingest, how long after the last one."""

    hours: int
    before: list[tuple]
    during: list[tuple]
    acts_each: int              # between two requests
    fails_at: int | None        # which request gets no answer


def rounds_of(acts):
    return st.lists(st.builds(
        Round, st.integers(1, 12), st.lists(acts, max_size=12), st.lists(acts, max_size=25),
        st.integers(1, 4), st.none() | st.integers(1, 30)), min_size=1, max_size=4)


@dataclass
class Failing:
    """A script whose one request gets no answer."""

    script: Script
    at: int | None = None
    asked: int = 0

    def __call__(self, request):
        self.asked += 1
        if self.asked == self.at:
            return Reply(503 + self.asked % 2, b"busy")
        return self.script(request)


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


def check_ingests(engine, ci, script, source, history, rounds, *, lengths, id_of_push="push_id"):
    """Ingest in each round, and once more when all is quiet: then compare with the model.

    And what was believed at the end of each ingest before stays what was believed then.
    """
    with own_world(engine, source.name) as sessions:
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
            ended_at, is_whole = ingest(sessions, ci, source, lengths)
            ci.coming = []
            if is_whole:
                snapshots.append((ended_at, believed(sessions, ended_at)))
        script.at = None
        ci.catch_up()
        ci.now += HOUR
        _, is_whole = ingest(sessions, ci, source, lengths)
        assert is_whole or not ci.expected_pushes(), "a first fill without a push has failed"
        check(sessions, ci, id_of_push)
        for ended_at, then in snapshots:
            assert believed(sessions, ended_at) == then, f"as of {ended_at}"


def ingest(sessions, ci, source, lengths):
    """Ingest once; return when it ended, and whether nothing failed, for the next to make up."""
    try:
        report = ingest_project(sessions, source, "autoland", now=ci.now, lengths=lengths)
        is_whole = report.is_complete
    except SourceError:
        is_whole = False
    with sessions() as session:
        return last_ingest_end(session, source=source.name, project="autoland"), is_whole


def check(sessions, ci, id_of_push):
    with sessions() as session:
        stored = {(job_id, push[1:-1].split(",")[1], *others) for job_id, push, *others in
                  session.execute(text(
                      "SELECT job_id, (SELECT (project, revision)::text FROM pushes p "
                      "WHERE p.id = push), n.name, result, "
                      "known_at - duration_ms * interval '1 ms', duration_ms "
                      "FROM job_results JOIN job_names n ON n.id = job_name_id"))}
        pushes = {tuple(row) for row in session.execute(text(
            f"SELECT revision, {id_of_push}, pushed_at FROM pushes"))}
    assert stored == ci.expected_results()
    assert pushes == ci.expected_pushes()
    counted = believed(sessions, ci.now)
    expected = ci.expected_classifications()
    assert {job: counted.get(job) for job in expected} == expected
    fixed = {job for job, (word, _) in counted.items() if word == WORDS[FIXED]}
    assert fixed == {job for job, (word, _) in expected.items() if word == WORDS[FIXED]}
