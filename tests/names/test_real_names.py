"""Every real name in tests/data/names that has to parse does, to a job type of its own."""

import re
from collections import Counter

import pytest

from seta.domain import JobName
from seta.names import parse, parse_report

MUST_PARSE = re.compile(r"^(desktop-|android-)?test-| test | talos ")

FILES = [
    ("builder_names.txt.gz", "buildbot", 3133, 3133),
    ("activedata_run_keys.txt", "buildbot", 160, 55),
    ("sample_jobs.tsv", "buildbot", 225, 214),
    ("summary_groups_labels.txt.gz", "taskcluster", 1284, 1284),
    ("push_health_labels.txt", "taskcluster", 224, 107),
    ("push_health_jobs.tsv", "taskcluster", 40, 39),
    ("fixed_by_commit_labels.txt", "taskcluster", 49, 49),
]
each_file = pytest.mark.parametrize(
    ("file_name", "build_system", "count", "must_parse"), FILES, ids=[row[0] for row in FILES]
)


@each_file
def test_all_tests_parse(real_names, file_name, build_system, count, must_parse):
    """R27, R29: the whole of a live list goes through one function; the rest is counted."""
    names = real_names(file_name, build_system)
    tests = [row for row in names if MUST_PARSE.search(row[2])]

    assert (len(names), len(tests)) == (count, must_parse)
    assert [name for project, system, name in tests if parse(name, system, project) is None] == []


@each_file
def test_no_two_names_fall_together(real_names, file_name, build_system, count, must_parse):
    report = parse_report(
        JobName(project, system, name) for project, system, name in real_names(
            file_name, build_system)
    )
    assert report.collisions == ()
    assert report.parsed + len(report.unparsed) == count
    assert report.parsed >= must_parse


@each_file
def test_a_canonical_name_parses_to_the_same(
    real_names, canonical, file_name, build_system, count, must_parse
):
    parsed = [parse(name, system, project)
              for project, system, name in real_names(file_name, build_system)]
    again = [job_type and parse(canonical(job_type), "taskcluster", "any") for job_type in parsed]
    assert again == parsed
    assert len(parsed) == count and len(list(filter(None, parsed))) >= must_parse


def test_builds_parse_as_builds_and_nothing_else_does(real_names):
    labels = [name for _, _, name in real_names("push_health_labels.txt", "taskcluster")]
    job_types = {label: parse(label, "taskcluster", "autoland") for label in labels}

    assert {label for label, job_type in job_types.items() if job_type and job_type.is_build} == {
        label for label in labels if label.startswith("build-")
    }
    assert Counter(label.partition("-")[0] for label, job_type in job_types.items()
                   if job_type is None).keys() >= {"source", "repackage", "l10n", "valgrind"}


def test_builder_names_are_spelled_as_treeherder_spelled_them(real_rows):
    told = {name: (platform, option) for name, platform, option in real_rows("sample_jobs.tsv")}
    parsed = {name: parse(name, "buildbot", "mozilla-release") for name in told}

    assert {name: (job_type.platform, job_type.build_type)
            for name, job_type in parsed.items() if job_type} == {
        name: told[name] for name in told if not name.endswith("_dep")
    }


def test_labels_are_spelled_as_treeherder_spelled_them(real_rows):
    """Where Treeherder left "-asan" in a platform we do not, so that all sanitizers are alike."""
    rows = [row for row in real_rows("push_health_jobs.tsv") if row[0].startswith("test-")]
    plain = [row for row in rows if not row[1].endswith("-asan")]
    assert (len(rows), len(plain)) == (39, 36)

    for label, platform, option in plain:
        job_type = parse(label, "taskcluster", "autoland")
        assert job_type.platform == platform
        assert option in ("", job_type.build_type)
