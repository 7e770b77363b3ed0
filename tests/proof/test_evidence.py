"""What was known at each moment, read once: the same as what `gather` reads for it."""

import io
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from publish.made_evidence import DAY, NOW, Evidence as MadeEvidence

from seta.config import Settings
from seta.domain import NewFields, Override, Pattern, Priority, Rename, Scope, StoredRename
from seta.ingest import import_files
from seta.proof.evidence import SimulationRecorder, read_evidence
from seta.proof.simulation import Shape, Simulation
from seta.proof.simulation.files import write_history
from seta.publish.gather import gather
from seta.store.curation.overrides import add_override, end_override
from seta.store.curation.projects import scope_named
from seta.store.curation.renames import add_rename, end_rename
from seta.store.evidence.failures import starred_failures
from seta.store.engine import make_engine, make_sessions
from seta.store.results.rollup import refresh_job_days

PLAIN = Settings(weigh_witnesses=False)  # how witnesses did until the fix is not in it yet
NAMES = [f"test-linux64/{build_type}-mochitest-{chunk}" for build_type in ("opt", "debug")
         for chunk in (1, 2, 3)] + ["build-linux64/opt", "nonsense"]
FIXES = ["a" * 12, "b" * 12, "c" * 12]
SPAN = 60 * 24 * 60       # minutes before NOW in which everything happens

names = st.sampled_from(NAMES)
projects = st.integers(0, 1)
times = st.one_of(st.integers(1, SPAN), st.integers(1, SPAN // 1440).map(lambda day: day * 1440))
moments = times.map(lambda minutes: NOW - timedelta(minutes=minutes))
spans = st.one_of(st.none(), st.integers(1, SPAN // 2).map(lambda m: timedelta(minutes=m)))
said = st.sampled_from(["fixed by commit", "fixed by commit", "intermittent", "not classified"])

events = st.one_of(
    st.tuples(st.just("job"), projects, names, st.sampled_from(["testfailed", "success", "retry"]),
              moments, st.integers(0, 3000), st.sampled_from([1, 1, 2, 3]),
              st.sampled_from([None, 1001, 60_000, 60_001])),
    st.tuples(st.just("said"), st.integers(0, 30), said,
              st.sets(st.sampled_from(FIXES), max_size=2), moments, st.booleans()),
    st.tuples(st.just("list"), projects, st.sets(names, min_size=2), moments,
              st.sampled_from([1, 1, 3])),
    st.tuples(st.just("override"), names, st.booleans(), st.sampled_from([None, 1, 2, 3]), moments,
              spans, spans),
    st.tuples(st.just("rename"), st.sampled_from(["opt", "debug"]), moments, moments, spans),
)
failures = st.tuples(projects, names, st.sampled_from(FIXES), moments, st.integers(0, 5000))


class World:
    """A scope of its own with two projects, and the jobs that were recorded in it."""

    numbers = count()

    def __init__(self, made, sessions):
        number = next(self.numbers)
        self.scope = f"scope-{number}"
        self.projects = [f"one-{number}", f"other-{number}"]
        self._sessions, self._jobs, self._lists = sessions, [], 0
        self._made = made.scope(self.scope, window_days=20)
        for project in self.projects:
            self._made.project(project, self.scope)

    def record(self, kind, *what):
        getattr(self, f"_{kind}")(*what)

    def caught(self, project, name, fix, at, minutes):
        self._job(project, name, "testfailed", at, minutes, 1, 60_000)
        self._said(len(self._jobs) - 1, "fixed by commit", {fix}, at + 2 * timedelta(
            minutes=minutes), False)

    def _job(self, project, name, result, at, minutes, tier, duration_ms):
        self._jobs.append(self._made.result(
            name, result, at=at, tier=tier, project=self.projects[project],
            known_at=at + timedelta(minutes=minutes), duration_ms=duration_ms))

    def _said(self, number, classification, fixes, at, is_inferred):
        if self._jobs:
            self._made.classify(self._jobs[number % len(self._jobs)], *sorted(fixes), at=at,
                                classification=classification, is_inferred=is_inferred)

    def _list(self, project, listed, at, tier):
        self._lists += 1  # no two at one time
        self._made.listed(*listed, project=self.projects[project], tier=tier,
                          seen_at=at + timedelta(microseconds=self._lists))

    def _override(self, name, by_name, priority, at, expires, ends):
        pattern = Pattern(name=name) if by_name else Pattern(build_type="debug")
        with self._sessions.begin() as session:
            stored = add_override(session, Override(
                self.scope, pattern, priority and Priority(priority), "because", "ann", at,
                expires_at=expires and at + expires))
            if ends and (expires is None or ends < expires):
                end_override(session, stored.id, who="ann", at=at + ends)

    def _rename(self, build_type, since, at, ends):
        rename = Rename(Pattern(build_type=build_type), NewFields(build_type="pgo"), since,
                        "ann", "x")
        with self._sessions.begin() as session:
            stored = add_rename(session, StoredRename(self.scope, rename, at))
            if ends:
                end_rename(session, stored.id, who="ann", at=at + ends)


class OneTransaction:
    """A session factory for a test that writes much: all of it in one session."""

    def __init__(self, session):
        self._session = session

    @contextmanager
    def begin(self):
        yield self._session
        self._session.flush()


@pytest.fixture
def together(session):
    return OneTransaction(session)


@pytest.fixture
def made(together):
    return MadeEvidence(together)


@given(witnesses=st.lists(failures, min_size=1, max_size=8), history=st.lists(events, max_size=20),
       asked=st.lists(moments, min_size=2, max_size=5))
@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate],
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_it_is_what_gather_reads_at_every_moment(
        made, together, session, witnesses, history, asked):
    world = World(made, together)
    for each in witnesses:
        world.caught(*each)
    for each in history:
        world.record(*each)
    refresh_job_days(session)
    scope = scope_named(session, world.scope)
    evidence = read_evidence(session, scope, asked)
    for at in asked:
        expected = gather(session, scope, now=at, as_of=at, settings=PLAIN)
        found = evidence.made_at(at)
        assert found.problem == expected.problem
        assert list(map(no_ids, found.names)) == list(map(no_ids, expected.names))
        assert [(each.fixed_by, each.jobs) for each in found.witnesses] == [
            (each.fixed_by, each.jobs) for each in expected.witnesses]
        first = {}
        for failure in starred_failures(session, expected.window):
            first[failure.fixed_by] = min(failure.pushed_at,
                                          first.get(failure.fixed_by, failure.pushed_at))
        assert evidence.ages_at(at) == {
            fixed_by: (at - pushed_at) / DAY for fixed_by, pushed_at in first.items()}


def no_ids(name):
    return (name.project, name.build_system, name.name, name.job_type, name.tier, name.first_seen,
            name.first_listed, name.first_passed, name.is_build)


def test_a_simulated_history_gives_the_same_whether_imported_or_recorded(database):
    """Decisions at noon and at midnight, jobs coming, going and renamed, from the first day on."""
    shape = Shape(days=40, pushes_per_day=3, job_types=30, regressions_per_day=2, churn=1,
                  flakes=0.02, mis_starred=0.2)
    asked = [datetime(2026, 1, 5, tzinfo=UTC) + DAY * 1.5 * step for step in range(28)]
    out = io.StringIO()
    write_history(Simulation(shape, seed=2), out, project="simulated")
    engine = make_engine(database)
    sessions = make_sessions(engine)
    import_files(sessions, [io.BytesIO(out.getvalue().encode())], scope="made", archived=True,
                 now=datetime.now(UTC))
    with sessions() as session:
        scope = scope_named(session, "made")
        imported = read_evidence(session, scope, asked)
    recorded = SimulationRecorder(Simulation(shape, seed=2), scope, asked).record_all()
    engine.dispose()
    for at in asked:
        assert recorded.problem_at(at) == imported.problem_at(at)
        assert recorded.ages_at(at) == imported.ages_at(at)
    assert len(recorded.problem_at(asked[-1]).regressions) > 20
    assert any("new" in recorded.problem_at(at).forced.values() for at in asked)


def test_what_is_recorded_can_be_asked_while_it_goes_on():
    """What comes later changes nothing of what was known before it."""
    shape = Shape(days=12, pushes_per_day=6, job_types=30, regressions_per_day=6)
    asked = [datetime(2026, 1, 5, 9, tzinfo=UTC) + DAY * day for day in range(12)]
    simulation = Simulation(shape, seed=4)
    recorder = SimulationRecorder(simulation, Scope("made"), asked)
    before, waiting = {}, list(asked)
    for push in simulation.pushes():
        while waiting and waiting[0] < push.pushed_at:
            at = waiting.pop(0)
            before[at] = recorder.evidence(at).problem_at(at)
        recorder.add(simulation.run(push))
    assert len(before) > 8 and sum(len(each.regressions) for each in before.values()) > 20
    whole = recorder.evidence()
    assert {at: whole.problem_at(at) for at in before} == before


@pytest.mark.parametrize("at, says", [
    (NOW - 15 * DAY, "looks back to 2026-01-25 12:00, but the evidence of 'trunk' begins "
                     "2026-01-30 12:00: read it from there"),
    (NOW - DAY / 2, r"the evidence of 'trunk' was not read for 2026-03-01T00:00:00\+00:00: name "
                    "that moment when it is read"),
])
def test_what_was_not_read_is_said(session, made, at, says):
    made.scope(window_days=20).project()
    scope = scope_named(session, "trunk")
    evidence = read_evidence(session, scope, [NOW - 10 * DAY, NOW])
    assert evidence.problem_at(NOW).regressions == ()
    with pytest.raises(ValueError, match=says):
        evidence.problem_at(at)
    with pytest.raises(ValueError, match="no moment was given"):
        read_evidence(session, scope, [])
