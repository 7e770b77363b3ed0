"""The simulated CI: the same for the same seed and for every policy, and true to its truth."""

import io
import json
from collections import Counter

import numpy as np
import pytest

from seta.domain import Classification
from seta.errors import BadInput
from seta.names import parse
from seta.proof.simulation import Shape, Simulation
from seta.proof.simulation.files import truth, write_history

SMALL = Shape(days=20, pushes_per_day=12, job_types=150, regressions_per_day=3, components=20)


def history(shape=SMALL, seed=5):
    """Return a simulation that has run to its end, and what every job did on every push."""
    simulation = Simulation(shape, seed)
    return simulation, [simulation.run(push) for push in simulation.pushes()]


@pytest.fixture(scope="module")
def whole():
    return history()


def written(seed):
    simulation, out = Simulation(SMALL, seed), io.StringIO()
    write_history(simulation, out, project="simulated")
    return out.getvalue(), truth(simulation)


def test_a_seed_gives_one_history_and_another_seed_another():
    assert written(7) == written(7)
    assert written(7)[0] != written(8)[0]


def test_chance_does_not_depend_on_what_else_runs(whole):
    """So that two policies can be compared on the same CI."""
    _, all_ran = whole
    other = Simulation(SMALL, 5)
    few = np.arange(0, len(other.table), 3)
    for push, expected in zip(other.pushes(), all_ran):
        ran = other.run(push, few)
        assert {job for job, failure in ran.failures.items() if failure.cause is None} >= {
            job for job, failure in expected.failures.items()
            if failure.cause is None and job in ran.jobs.tolist()
            and not any(job in each.witnesses for each in other.regressions)}
        place = {job: number for number, job in enumerate(expected.jobs.tolist())}
        same = [place[job] for job in ran.jobs.tolist()]
        assert (ran.duration_ms == expected.duration_ms[same]).all()


def test_a_job_fails_for_a_cause_only_while_that_is_in_the_tree(whole):
    simulation, all_ran = whole
    failures = [(ran.push.index, job, failure.cause) for ran in all_ran
                for job, failure in ran.failures.items() if failure.cause is not None]
    assert len(failures) > 100
    for push, job, cause in failures:
        assert cause.landed <= push < cause.fixed
        assert job in cause.witnesses
    sure = {(each.landed, job) for each in simulation.regressions
            for job, chance in each.witnesses.items() if chance == 1}
    alive = {(ran.push.index, job) for ran in all_ran for job in ran.jobs.tolist()}
    failed = {(ran.push.index, job) for ran in all_ran for job in ran.failures}
    assert sure & alive <= failed


def test_what_nobody_runs_is_never_found_and_stays_in_the_tree():
    simulation = Simulation(SMALL, 5)
    nobody = np.array([], dtype=int)
    assert all(not simulation.run(push, nobody).failures for push in simulation.pushes())
    assert {each.found_on for each in simulation.regressions} == {None}
    assert {each.fixed for each in simulation.regressions} == {None}


def test_a_regression_is_found_later_when_its_witnesses_run_later():
    """A backfill of the pushes between finds it there too."""
    simulation = Simulation(SMALL, 5)
    for push in simulation.pushes():
        ran = simulation.run(push, None if push.index % 10 == 9 else np.array([], dtype=int))
    found = [each for each in simulation.regressions if each.found_on is not None]
    assert found and all(each.found_on % 10 == 9 for each in found)
    assert any(each.found_on > each.landed for each in found)
    late = next(each for each in found if each.found_on > each.landed
                and 1.0 in each.witnesses.values())
    ran = simulation.run(simulation.push(late.landed), attempt=1)
    assert any(failure.cause is late for failure in ran.failures.values())


def test_failures_are_starred_after_the_fix_each_with_a_revision_of_its_own(whole):
    simulation, all_ran = whole
    for ran in all_ran:
        for failure in ran.failures.values():
            if failure.classification is Classification.FIXED_BY_COMMIT:
                assert failure.fixed_by == failure.cause.fixed_by
                assert failure.starred_at > simulation.push(failure.cause.fixed).pushed_at
            elif failure.classification is Classification.INTERMITTENT:
                assert failure.starred_at > ran.push.pushed_at and failure.cause is None
    fixes = [each.fixed_by for each in simulation.regressions if each.fixed_by]
    assert len(set(fixes)) == len(fixes)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_share_of_chance_failures_is_starred_as_something_else(share):
    shape = Shape(days=30, pushes_per_day=20, job_types=200, flakes=0.02, mis_starred=share,
                  regressions_per_day=20)
    _, all_ran = history(shape)
    kinds = Counter(failure.classification for ran in all_ran
                    for failure in ran.failures.values() if failure.cause is None)
    wrong = kinds[Classification.FIXED_BY_COMMIT] / kinds.total()
    assert wrong == pytest.approx(share, abs=0.05)


def test_a_share_of_true_failures_is_starred_by_nobody():
    _, all_ran = history(Shape(days=30, pushes_per_day=20, job_types=200, unstarred=0.3,
                               regressions_per_day=10))
    kinds = Counter(failure.classification for ran in all_ran
                    for failure in ran.failures.values() if failure.cause is not None)
    assert kinds[Classification.NOT_CLASSIFIED] / kinds.total() == pytest.approx(0.3, abs=0.05)


def test_jobs_come_go_and_are_renamed():
    simulation = Simulation(Shape(days=200, job_types=300, churn=0.8), 2)
    table = simulation.table
    first, last = set(table.alive(0).tolist()), set(table.alive(199).tolist())
    assert first - last and last - first
    assert any("macosx1014" in each for each in table.labels(99))
    assert not any("macosx1014" in each for each in table.labels(100))
    assert {0.0, 100.0} < set(table.changes())


@pytest.mark.parametrize("count", [2, 30, 430, 5_000])
def test_there_are_as_many_job_types_as_asked_for_and_all_names_parse(count):
    """No two jobs share a job type, on whatever day."""
    table = Simulation(Shape(job_types=count)).table
    for day in (0, 119):
        types = [parse(label, "taskcluster", "simulated") for label in table.labels(day)]
        assert None not in types and len(set(types)) == len(table) == count


def test_a_few_components_break_often_and_many_regressions_have_one_witness():
    simulation, _ = history(Shape(days=60, regressions_per_day=10, pushes_per_day=20), seed=3)
    found = simulation.regressions
    often = Counter(each.component for each in found).most_common()
    assert sum(count for _, count in often[:16]) > len(found) / 2
    assert 0.2 < sum(len(each.witnesses) == 1 for each in found) / len(found) < 0.7


def test_a_star_that_comes_after_the_end_is_not_in_the_file():
    text, _ = written(5)
    records = [json.loads(line) for line in text.splitlines()]
    stars = [each["classified_at"] for each in records if "classified_at" in each]
    assert stars and max(stars) < "2026-01-25T"


@pytest.mark.parametrize("name, value, message", [
    ("flakes", 1.5, "flakes is a share from 0 to 1, not 1.5"),
    ("days", 0, "days must be at least 1, not 0"),
    ("pushes_per_day", 0.0, "pushes_per_day must be above 0, not 0.0"),
])
def test_an_impossible_shape_is_refused(name, value, message):
    with pytest.raises(BadInput, match=message):
        Shape(**{name: value})
