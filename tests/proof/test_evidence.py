"""What was known at each moment, read once: the same as what `gather` reads for it."""

import io
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from publish.made_evidence import DAY, NOW, Evidence as MadeEvidence
from sqlalchemy import text

from seta.config import Settings
from seta.domain import NewFields, Override, Pattern, Priority, Rename, Scope, StoredRename
from seta.ingest import import_files
from seta.proof.backtest.history import read_history, recorded_history
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


SEEN = (0, NAMES[0], FIXES[0], NOW - 20 * DAY, 30)
OTHER = (1, NAMES[3], FIXES[0], NOW - 20 * DAY, 30)


def ran(days, duration_ms):
    return ("job", 0, NAMES[0], "success", NOW - days * DAY, 0, 1, duration_ms)


# A duration is of fourteen days; overrides and renames hold for a while.
@example(witnesses=[SEEN], history=[ran(1, 1001), ran(14, 60_000), ran(15, 90_001)],
         asked=[NOW - DAY / 2, NOW - 2 * DAY])
@example(witnesses=[SEEN, OTHER], asked=[NOW - 18 * DAY, NOW - 16 * DAY, NOW - 14 * DAY], history=[
    ("override", NAMES[0], True, 3, NOW - 17 * DAY, None, 2 * DAY),
    ("override", NAMES[3], False, None, NOW - 17 * DAY, 2 * DAY, None),
    ("rename", "opt", NOW - 30 * DAY, NOW - 15 * DAY, DAY)])
@given(witnesses=st.lists(failures, min_size=1, max_size=8), history=st.lists(events, max_size=20),
       asked=st.lists(moments, min_size=2, max_size=5))
@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.generate],
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
    evidence = read_evidence(session, scope, asked, settings=Settings())
    for at in asked:
        expected = gather(session, scope, now=at, as_of=at, settings=Settings())
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


# Whatever is later than a moment goes away or becomes something else; what ended later goes on.
LATER = [
    "DELETE FROM job_results WHERE known_at > :at",
    "UPDATE job_results SET duration_ms = 7, result = CASE WHEN random() < 0.5 THEN 'testfailed' "
    "ELSE 'success' END::job_result WHERE known_at > :at",
    "DELETE FROM classifications WHERE classified_at > :at",
    "UPDATE classifications SET fixed_by = '{000000000000}', classification = 'fixed by commit' "
    "WHERE classified_at > :at",
    "DELETE FROM job_lists WHERE seen_at > :at",
    "UPDATE job_lists SET seen_at = seen_at + interval '1 day', last_seen_at = seen_at + "
    "interval '1 day' WHERE seen_at > :at",
    "DELETE FROM pushes WHERE pushed_at > :at",
    "DELETE FROM overrides WHERE created_at > :at",
    "UPDATE overrides SET ended_at = NULL WHERE ended_at > :at",
    "UPDATE overrides SET expires_at = expires_at + interval '1 year' WHERE expires_at > :at",
    "DELETE FROM renames WHERE created_at > :at",
    "UPDATE renames SET ended_at = NULL WHERE ended_at > :at",
    "UPDATE renames SET old = '{\"build_type\": \"opt\"}' WHERE created_at > :at OR since > :at",
]


@example(witnesses=[SEEN, OTHER], at=NOW - 16 * DAY, later=LATER[::-1], count=len(LATER), history=[
    ("override", NAMES[0], True, 3, NOW - 17 * DAY, 2 * DAY, None),
    ("override", NAMES[4], True, 1, NOW - 17 * DAY, None, 3 * DAY),
    ("override", NAMES[3], False, None, NOW - 15 * DAY, None, None),
    ("rename", "opt", NOW - 30 * DAY, NOW - 15 * DAY, None)])
@given(witnesses=st.lists(failures, min_size=1, max_size=8), history=st.lists(events, max_size=30),
       at=moments, later=st.permutations(LATER), count=st.integers(1, len(LATER)))
@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.generate],
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_decision_does_not_know_what_came_after_it(
        made, together, session, witnesses, history, at, later, count):
    """Shuffle and delete everything later: the problem stays, overrides and renames in it."""
    world = World(made, together)
    for each in witnesses:
        world.caught(*each)
    for each in history:
        world.record(*each)

    def known():
        refresh_job_days(session)
        evidence = read_evidence(session, scope_named(session, world.scope), [at, NOW],
                                 settings=Settings())
        return evidence.problem_at(at), evidence.ages_at(at)

    before = known()
    for statement in later[:count]:
        session.execute(text(statement), {"at": at})
    session.execute(text("INSERT INTO stale_job_days SELECT job_name_id, day FROM job_days "
                         "WHERE day >= :day ON CONFLICT DO NOTHING"), {"day": at.date()})
    session.expire_all()
    assert known() == before


def no_ids(name):
    return (name.project, name.build_system, name.name, name.job_type, name.tier, name.first_seen,
            name.first_listed, name.first_passed, name.is_build)


def test_a_simulated_history_gives_the_same_whether_imported_or_recorded(emptied):
    """Decisions at noon and at midnight, jobs coming, going and renamed, from the first day on."""
    shape = Shape(days=40, pushes_per_day=3, job_types=30, regressions_per_day=2, churn=1,
                  flakes=0.02, mis_starred=0.2)
    asked = [datetime(2026, 1, 5, tzinfo=UTC) + DAY * 1.5 * step for step in range(28)]
    out = io.StringIO()
    write_history(Simulation(shape, seed=2), out, project="simulated")
    engine = make_engine(emptied)
    sessions = make_sessions(engine)
    import_files(sessions, [io.BytesIO(out.getvalue().encode())], scope="made", archived=True,
                 now=datetime.now(UTC))
    with sessions() as session:
        scope = scope_named(session, "made")
        imported = read_evidence(
            session, scope, asked, settings=Settings(weigh_witnesses=False))
        history = read_history(session, scope, since=asked[0], until=asked[-1])
    recorder = SimulationRecorder(Simulation(shape, seed=2), scope, asked)
    recorded = recorder.record_all()
    engine.dispose()
    again = recorded_history(recorder, scope, history.projects["simulated"], until=asked[-1])
    assert again.regressions == history.regressions and again.star_delay == history.star_delay
    assert again.timelines["simulated"].times == history.timelines["simulated"].times
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
    evidence = read_evidence(session, scope, [NOW - 10 * DAY, NOW], settings=Settings())
    assert evidence.problem_at(NOW).regressions == ()
    with pytest.raises(ValueError, match=says):
        evidence.problem_at(at)
    with pytest.raises(ValueError, match="no moment was given"):
        read_evidence(session, scope, [], settings=Settings())
