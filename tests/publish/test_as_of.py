"""A decision as of a past moment never sees what came after it."""

from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from publish.made_evidence import NOW

from seta.config import Settings
from seta.domain import NewFields, Override, Pattern, Priority, Rename, StoredRename
from seta.errors import NothingToAnalyze
from seta.publish import analyze
from seta.store.curation.overrides import add_override
from seta.store.curation.renames import add_rename

NAMES = [f"test-linux64/{build_type}-mochitest-{chunk}" for build_type in ("opt", "debug")
         for chunk in (1, 2, 3)] + ["build-linux64/opt", "nonsense"]
FIXES = ["a" * 12, "b" * 12, "c" * 12]
SPAN = 40 * 24 * 60  # minutes around the moment

names = st.sampled_from(NAMES)
before = st.integers(1, SPAN).map(lambda minutes: NOW - timedelta(minutes=minutes))
after = st.integers(1, SPAN).map(lambda minutes: NOW + timedelta(minutes=minutes))
tiers = st.sampled_from([1, 1, 1, 3])
said = st.sampled_from(["fixed by commit", "fixed by commit", "intermittent", "not classified"])


def jobs(at):
    """A job: name, whether it failed, push time, minutes until it was known, tier."""
    return st.tuples(names, st.booleans(), at, st.integers(0, 600), tiers)


def events(at):
    return st.lists(st.one_of(
        st.tuples(st.just("job"), jobs(at)),
        st.tuples(st.just("said"), st.tuples(st.integers(0, 30), said, st.sampled_from(FIXES), at,
                                             st.booleans())),
        st.tuples(st.just("list"), st.tuples(st.sets(names, min_size=2), at)),
        st.tuples(st.just("override"), st.tuples(names, st.sampled_from([None, 1, 2, 3]), at)),
        st.tuples(st.just("rename"), st.tuples(st.sampled_from(["opt", "debug"]), at)),
    ), max_size=12)


class Scene:
    """One scope of its own, and the jobs that were recorded in it."""

    numbers = count()

    def __init__(self, evidence, sessions):
        self.number = next(self.numbers)
        self.scope, self.project = f"scope-{self.number}", f"project-{self.number}"
        self._evidence, self._sessions = evidence, sessions
        self._jobs, self._lists = [], 0
        evidence.scope(self.scope).project(self.project, self.scope)

    def record(self, kind, what):
        getattr(self, f"_{kind}")(*what)

    def decision(self):
        try:
            found = analyze(self._sessions, self.scope, now=NOW + timedelta(days=100),
                            as_of=NOW, dry_run=True, settings=Settings())
        except NothingToAnalyze as error:
            return str(error)
        return (found.priorities, found.objective, found.uncoverable, found.given_up,
                {**found.inputs, "known_by": None})

    def _job(self, name, failed, at, minutes, tier):
        self._jobs.append(self._evidence.result(
            name, "testfailed" if failed else "success", at=at, tier=tier, project=self.project,
            known_at=at + timedelta(minutes=minutes), duration_ms=1000 + minutes))

    def _said(self, number, classification, fix, at, is_inferred):
        if self._jobs:
            self._evidence.classify(self._jobs[number % len(self._jobs)], fix, at=at,
                                    classification=classification, is_inferred=is_inferred)

    def _list(self, names, at):
        self._lists += 1  # no two at one time
        self._evidence.listed(*names, project=self.project,
                              seen_at=at + timedelta(microseconds=self._lists))

    def _override(self, name, priority, at):
        with self._sessions.begin() as session:
            add_override(session, Override(
                self.scope, Pattern(name=name), priority and Priority(priority), "because", "ann",
                at))

    def _rename(self, build_type, at):
        rename = Rename(Pattern(build_type=build_type), NewFields(build_type="pgo"), at, "ann", "x")
        with self._sessions.begin() as session:
            add_rename(session, StoredRename(self.scope, rename, at))


@given(past=events(before), witnesses=st.lists(st.tuples(names, before), min_size=1, max_size=6),
       future=events(after), late=st.lists(st.tuples(names, before, after), max_size=4))
@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate],
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_as_of_never_sees_the_future(evidence, sessions, past, witnesses, future, late):
    scene = Scene(evidence, sessions)
    for number, (name, at) in enumerate(witnesses):
        scene.record("job", (name, True, at, 0, 1))
        scene.record("said", (number, "fixed by commit", FIXES[number % 3], at, False))
    for event in past:
        scene.record(*event)
    decided = scene.decision()

    for event in future:
        scene.record(*event)
    for name, pushed_at, known_at in late:  # pushed before the moment, known after it
        minutes = (known_at - pushed_at) / timedelta(minutes=1)
        scene.record("job", (name, True, pushed_at, minutes, 1))
        scene.record("said", (-1, "fixed by commit", "f" * 12, known_at, False))

    assert scene.decision() == decided


def test_a_tier_that_came_later_is_not_seen(evidence, sessions):
    """R68: a job that was only listed yet, and ran at tier 3 afterwards."""
    scene = Scene(evidence, sessions)
    listed, other = NAMES[0], NAMES[1]
    scene.record("list", ({listed, other}, NOW - timedelta(hours=1)))
    scene.record("job", (other, True, NOW - timedelta(hours=1), 0, 1))
    scene.record("said", (0, "fixed by commit", FIXES[0], NOW - timedelta(hours=1), False))
    decided = scene.decision()

    scene.record("job", (listed, True, NOW + timedelta(hours=1), 0, 3))
    scene.record("list", ({listed, other}, NOW + timedelta(hours=2)))

    assert len(decided[0]) == 2
    assert scene.decision() == decided
