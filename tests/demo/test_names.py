from collections import defaultdict

import pytest

from seta.demo import records, scopes
from seta.names import parse


@pytest.fixture(scope="module")
def names_of():
    """The names of each job type, by project and build system."""
    names = defaultdict(lambda: defaultdict(set))
    for scope in scopes():
        for record in records(scope.name):
            project, build_system, name = (
                record[field] for field in ("project", "build_system", "name")
            )
            job_type = parse(name, build_system, project)
            names[project, build_system][job_type].add(name)
    return names


def test_every_name_of_the_demo_is_a_job_type(names_of):
    unparsed = {project: names[None] for project, names in names_of.items() if None in names}
    assert unparsed == {}


def test_no_two_names_of_a_project_are_one_job_type(names_of):
    same = [names for by_type in names_of.values() for names in by_type.values()
            if len(names) > 1]
    assert same == []


def test_what_the_projects_of_2014_have_in_common_is_one_job_type_on_each(names_of):
    """R32: one job type, with a name and state of its own in each project."""
    trees = [set(by_type) for (_, build_system), by_type in names_of.items()
             if build_system == "buildbot"]
    common = set.intersection(*trees)
    assert len(common) > 50
    assert {job_type.build_type for job_type in common} == {"opt", "pgo"}


def test_nothing_in_the_demo_is_a_build(names_of):
    assert not any(job_type.is_build for types in names_of.values() for job_type in types)
