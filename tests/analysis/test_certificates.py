"""Every certificate is checked from first principles."""

import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from seta.analysis import decide
from seta.domain import Priority


@settings(max_examples=150, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_every_certificate_is_true(data, make, judge):
    problem = data.draw(make.problems())
    assume(any(regression.caught_by & alive for regression in problem.regressions
               for alive in problem.alive.values()))
    decision = decide(problem)
    for verdict in decision.verdicts:
        assert json.loads(json.dumps(verdict.certificate)) == verdict.certificate
        CHECKS[verdict.certificate["kind"]](problem, judge, verdict, judge.kept(decision))


def check_forced(problem, judge, verdict, kept):
    assert verdict.certificate["why"] == problem.forced[verdict.job_type]
    assert verdict.priority is Priority.FIRST


def check_chosen(problem, judge, verdict, kept):
    """Exactly these would keep too few without it."""
    without = kept - {verdict.job_type}
    missed = [
        regression.fixed_by for regression in problem.regressions
        if any(len(found & without) < min(problem.redundancy, len(found))
               for project in problem.alive
               for found in [judge.candidates(problem, regression, project)])
    ]
    assert verdict.certificate["needed_for"] == sorted(missed) != []
    assert verdict.priority is Priority.FIRST


def check_covered(problem, judge, verdict, kept):
    """Whatever it caught is caught by those named, all of them kept, as often as can be."""
    assert verdict.priority is Priority.SECOND
    assert verdict.certificate["by"]
    check_by(problem, judge, verdict, kept)


def check_overridden(problem, judge, verdict, kept):
    assert verdict.priority is problem.lowered[verdict.job_type]
    check_by(problem, judge, verdict, kept)


def check_by(problem, judge, verdict, kept):
    caught = {regression.fixed_by: regression for regression in problem.regressions
              if verdict.job_type in regression.caught_by}
    by = verdict.certificate["by"]
    assert by.keys() == caught.keys()
    for fixed_by, regression in caught.items():
        assert by[fixed_by] == [str(job_type) for job_type in sorted(regression.caught_by & kept)]
        for project in problem.alive:
            found = judge.candidates(problem, regression, project)
            assert len(found & kept) >= min(problem.redundancy, len(found))


def check_nothing(problem, judge, verdict, kept):
    assert verdict.priority is Priority.THIRD
    assert verdict.caught == 0
    assert not any(verdict.job_type in regression.caught_by for regression in problem.regressions)


CHECKS = {"forced": check_forced, "chosen": check_chosen, "covered": check_covered,
          "overridden": check_overridden, "caught nothing": check_nothing}


@pytest.mark.parametrize(
    "names, by",
    [
        pytest.param("ab", ["linux64/opt-a"], id="another catches it"),
        pytest.param("b", [], id="given up"),
    ],
)
def test_an_overridden_job_type_says_who_catches_what_it_caught(make, names, by):
    decision = decide(make.problem({"r1": names, "r2": "a"}, lowered="b"))
    assert decision.verdicts[1].certificate == {"kind": "overridden", "by": {"r1": by}}
    assert decision.given_up == (() if by else ("r1",))
