"""Regressions where nobody classifies, and who outranks them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ci_world import NOON, Results
from sqlalchemy import func, select

from seta.curation.classifications import classify_job, read_classification
from seta.curation.inference import infer_regressions
from seta.domain import Classification
from seta.store import schema
from seta.store.curation.classifications import JobKey, counted_classifications

JOB = "test-linux64/opt-low-1"
SINCE = NOON - timedelta(days=90)
LATER = NOON + timedelta(days=1)


@pytest.fixture
def inferring(ci, results):
    ci.project = replace(ci.project, infer_regressions=True)
    return ci


def add_history(ci, results, history, job=JOB, start=0):
    """One push a letter: P passed, F failed, B both, C cancelled, . did not run."""
    jobs = {}
    for number, what in enumerate(history, start):
        push = ci.push(str(number), number)
        for result in {"P": ["success"], "F": ["testfailed"], "B": ["testfailed", "success"],
                       "C": ["usercancel"], ".": []}[what]:
            key = results.add(job, push, result)
            if result == "testfailed":
                jobs[number] = JobKey("test", key)
    return jobs


def infer(ci, since=SINCE, now=LATER):
    return infer_regressions(ci.session, ci.project, since=since, now=now)


def inferred(ci, jobs):
    """Which pushes' failures are inferred to be fixed by which push."""
    known = counted_classifications(ci.session, jobs.values())
    pushes = {ci.push(str(number), 0).revision[:12]: number for number in range(40)}
    return {number: pushes[known[key].fixed_by[0]] for number, key in jobs.items()
            if key in known and known[key].is_inferred
            and known[key].classification == Classification.FIXED_BY_COMMIT}


@pytest.mark.parametrize("history, expected", [
    pytest.param("PFFP", {1: 3, 2: 3}, id="two failures"),
    pytest.param("PFP", {}, id="one is too few"),
    pytest.param("PFFFFP", {1: 5, 2: 5, 3: 5, 4: 5}, id="many"),
    pytest.param("FFP", {}, id="it never passed before"),
    pytest.param("PFF", {}, id="it has not passed again"),
    pytest.param("PF..F.P", {1: 6, 4: 6}, id="skipped pushes do not count"),
    pytest.param("PFCFP", {1: 4, 3: 4}, id="cancelled runs do not count"),
    pytest.param("PFBFP", {}, id="a pass among failures breaks the row"),
    pytest.param("PFFPPFFFP", {1: 3, 2: 3, 5: 8, 6: 8, 7: 8}, id="two regressions"),
    pytest.param("", {}, id="nothing"),
    pytest.param("PPPP", {}, id="no failure"),
])
def test_what_is_inferred(inferring, results, history, expected):
    jobs = add_history(inferring, results, history)
    assert infer(inferring) == len(expected)
    assert inferred(inferring, jobs) == expected


def test_run_again_nothing_changes(inferring, results):
    jobs = add_history(inferring, results, "PFFPFFP")
    infer(inferring)
    before = inferred(inferring, jobs)
    assert infer(inferring, now=LATER + timedelta(days=1)) == 0
    assert inferred(inferring, jobs) == before


@pytest.mark.parametrize("k, expected", [(1, {1: 2}), (2, {}), (3, {})])
def test_how_many_failures_it_takes_is_a_setting(inferring, results, k, expected):
    inferring.project = replace(inferring.project, infer_after=k)
    jobs = add_history(inferring, results, "PFP")
    infer(inferring)
    assert inferred(inferring, jobs) == expected


def test_it_is_off_unless_the_project_wants_it(ci, results):
    jobs = add_history(ci, results, "PFFP")
    assert infer(ci) == 0 and inferred(ci, jobs) == {}


def test_a_past_moment_does_not_see_the_future(inferring, results):
    """It was known when the pass was: not before."""
    jobs = add_history(inferring, results, "PFFP")
    infer(inferring)
    at = counted_classifications(inferring.session, jobs.values())[jobs[1]].classified_at
    assert at == inferring.at(3) + timedelta(minutes=10)


def test_a_decision_of_a_person_is_left_alone(inferring, results):
    """Outranked by any classification by a person, whenever it was given."""
    jobs = add_history(inferring, results, "PFFP")
    classify_job(inferring.session, "test", jobs[1].job_id, read_classification("intermittent"),
                 who="ann", now=NOON)
    assert infer(inferring) == 1
    assert inferred(inferring, jobs) == {2: 3}
    classify_job(inferring.session, "test", jobs[2].job_id, read_classification("not classified"),
                 who="ann", now=NOON)
    assert inferred(inferring, jobs) == {}
    assert infer(inferring) == 0


def test_a_person_may_decide_the_same_and_then_it_is_no_longer_inferred(inferring, results):
    jobs = add_history(inferring, results, "PFFP")
    infer(inferring)
    fix = counted_classifications(inferring.session, jobs.values())[jobs[1]].fixed_by[0]
    assert classify_job(inferring.session, "test", jobs[1].job_id,
                        read_classification("fixed by commit", fix), who="ann", now=LATER) == 1
    assert inferred(inferring, jobs) == {2: 3}


def test_what_a_source_said_is_left_alone(inferring, results):
    jobs = add_history(inferring, results, "PFFP")
    results.classify(jobs[1].job_id, "fixed by commit", NOON, fixed_by=["a" * 12])
    assert infer(inferring) == 1


def test_late_results_correct_what_was_inferred(inferring, results):
    """A backfill showed that it passed in between, or that it was one failure only."""
    jobs = add_history(inferring, results, "PFF.F.P")
    infer(inferring)
    assert inferred(inferring, jobs) == {1: 6, 2: 6, 4: 6}
    results.add(JOB, inferring.push("3", 3))
    assert infer(inferring) == 3
    assert inferred(inferring, jobs) == {1: 3, 2: 3}
    assert infer(inferring) == 0


def test_jobs_and_projects_do_not_mix(inferring, results, make_ci):
    one = add_history(inferring, results, "PFFP")
    other = add_history(inferring, results, "PFP.", job="test-linux64/opt-low-2")
    infer(inferring)
    assert inferred(inferring, one) == {1: 3, 2: 3} and inferred(inferring, other) == {}


def test_the_table_itself_refuses_an_inference_by_somebody(inferring, results):
    results.add(JOB, inferring.push("1", 0), "testfailed")
    with pytest.raises(Exception, match="ck_classifications_inferred"):
        results.classify("1", "fixed by commit", NOON, who="ann", is_inferred=True)


@settings(max_examples=30, deadline=None, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.text("PFB.", max_size=12), cut=st.integers(0, 12))
def test_results_that_come_in_parts_give_what_all_at_once_give(
    session, make_ci, history, cut
):
    """Whatever the order of ingests, the end is the same; a second run adds nothing."""
    found = []
    for parts in ((history,), (history[:cut], history[cut:])):
        name = f"p{session.scalar(select(func.count()).select_from(schema.Project))}"
        ci = make_ci(session, name, infer_regressions=True)
        own = Results(session, name, prefix=f"{name}-")
        jobs = {}
        for number, part in enumerate(parts):
            start = len(parts[0]) * number
            for at, key in add_history(ci, own, part, start=start).items():
                jobs[at] = key
            infer(ci)
        assert infer(ci) == 0
        found.append(inferred(ci, jobs))
    assert found[0] == found[1]
