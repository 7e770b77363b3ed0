"""Every build system of the registry reads its own examples."""

import pytest

from seta.domain import JobType
from seta.names import BUILD_SYSTEMS, may_be_listed, parse

EXAMPLES = [(each, example) for each in BUILD_SYSTEMS for example in each.examples]
each_example = pytest.mark.parametrize(
    ("system", "example"), EXAMPLES,
    ids=[f"{system.name}: {example.name}" for system, example in EXAMPLES])


@each_example
def test_an_example_is_parsed_as_it_says(system, example):
    assert parse(example.name, system.name, example.project) == example.job_type


@each_example
def test_an_example_is_listed_as_it_says(system, example):
    assert may_be_listed(
        example.name, system.name, example.project, example.job_type) is example.is_listed


@each_example
def test_the_canonical_form_of_an_example_means_the_same(system, example, canonical):
    if example.job_type is not None:
        assert parse(canonical(example.job_type), "taskcluster", "any") == example.job_type


@pytest.mark.parametrize("system", BUILD_SYSTEMS, ids=[each.name for each in BUILD_SYSTEMS])
def test_a_build_system_has_examples_that_are_parsed_and_that_are_not(system):
    assert {example.job_type is None for example in system.examples} == {True, False}


def test_no_two_build_systems_have_one_word():
    words = [each.name for each in BUILD_SYSTEMS]
    assert len(set(words)) == len(words)


def test_any_other_ci_lists_all_its_names():
    """Even those that a decision task or a master cannot use."""
    build = JobType("linux64", "opt", "build")
    assert may_be_listed("build-linux64/opt", "our-own-ci", "proj", build)
    assert not may_be_listed("build-linux64/opt", "taskcluster", "proj")
    assert not may_be_listed("compile", "taskcluster", "proj", build)
