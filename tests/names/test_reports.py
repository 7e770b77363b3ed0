from seta.domain import JobName, JobType
from seta.names import Collision, ParseReport, parse_report

LABEL = "test-linux64/opt-mochitest-1"
MOCHITEST = JobType("linux64", "opt", "mochitest", 1)


def label(name, project="autoland", build_system="taskcluster", job_type=None):
    return JobName(project, build_system, name, job_type)


def test_no_names_no_report():
    assert parse_report([]) == ParseReport(0, (), ())


def test_a_name_that_comes_twice_counts_once():
    assert parse_report([label(LABEL), label(LABEL)]) == ParseReport(1, (), ())


def test_what_is_unparsed_is_listed_sorted():
    """R27, R29."""
    names = [label("source-test-b"), label(LABEL), label("source-test-a")]
    assert parse_report(names) == ParseReport(
        1, (label("source-test-a"), label("source-test-b")), ()
    )


def test_names_that_mean_one_job_type_are_all_listed():
    shared = [f"desktop-{LABEL}", LABEL]
    assert parse_report(map(label, reversed(shared))).collisions == (
        Collision("autoland", "taskcluster", MOCHITEST, tuple(shared)),
    )


def test_projects_and_build_systems_are_apart():
    """R32."""
    names = [label(LABEL), label(f"desktop-{LABEL}", project="try"),
             label("Linux x86-64 autoland opt test mochitest-1", build_system="buildbot")]
    assert parse_report(names) == ParseReport(3, (), ())


def test_a_job_type_that_the_source_told_is_taken_as_it_is():
    told = label("nightly smoke run", build_system="own", job_type=MOCHITEST)
    also = label(LABEL, build_system="own")
    assert parse_report([told, also]).collisions == (
        Collision("autoland", "own", MOCHITEST, ("nightly smoke run", LABEL)),
    )
