import json
import re
from collections import Counter
from datetime import datetime, timedelta

import pytest

from seta.demo import records, scopes
from demo_derivation.records import counts_of
from seta.domain import FAILING, Classification
from seta.errors import UnknownScope

RESULT = {"kind", "namespace", "job_id", "project", "build_system", "name", "revision",
          "pushed_at", "result", "classification"}
JOB = {"kind", "project", "build_system", "name", "seen_at"}
MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")

each_scope = pytest.mark.parametrize("scope", scopes(), ids=lambda scope: scope.name)


@each_scope
def test_every_line_has_the_fields_of_its_kind_and_no_other(scope):
    for record in records(scope.name):
        fields = set(record)
        if record["kind"] == "job":
            assert fields == JOB
        else:
            assert fields - {"fixed_by"} == RESULT
        assert record["project"] in scope.projects
        assert record["build_system"] == scope.build_system
        assert MOMENT.fullmatch(record.get("pushed_at") or record["seen_at"])


@each_scope
def test_every_result_is_a_failure_fixed_by_commit_with_revisions_of_12_digits(scope):
    for result in results_of(scope):
        assert result["result"] in FAILING
        assert result["classification"] == Classification.FIXED_BY_COMMIT
        for revision in [result["revision"], *result.get("fixed_by", [])]:
            assert re.fullmatch("[0-9a-f]{12}", revision)


@each_scope
def test_the_records_are_as_many_as_was_counted(scope):
    assert counts_of(records(scope.name)).items() <= stored_counts(scope).items()


@each_scope
def test_the_readme_states_every_count(scope):
    readme = (scope.path.parent / "README.md").read_text(encoding="utf-8")
    section = readme.split(f"## `{scope.name}`")[1].split("\n## ")[0]
    stated = dict(re.findall(r"^\| ([^|]+?) \| ([\d,]+) \|$", section, re.MULTILINE))
    assert {name: int(figure.replace(",", "")) for name, figure in stated.items()} == (
        stored_counts(scope)
    )


@each_scope
def test_every_project_has_its_own_failures_and_all_its_jobs_listed_from_first_to_newest(scope):
    results, listed = results_of(scope), {}
    for record in records(scope.name):
        if record["kind"] == "job":
            listed.setdefault(record["seen_at"], set()).add((record["project"], record["name"]))
    times = [result["pushed_at"] for result in results]
    assert set(listed) == {min(times), max(times)}
    assert listed[min(times)] == listed[max(times)]
    assert {(result["project"], result["name"]) for result in results} <= listed[max(times)]
    assert {result["project"] for result in results} == set(scope.projects)


@each_scope
def test_a_revision_of_a_project_has_one_push_time(scope):
    pushes = {(result["project"], result["revision"], result["pushed_at"])
              for result in results_of(scope)}
    assert len({push[:2] for push in pushes}) == len(pushes)


@each_scope
def test_the_file_says_nothing_of_when_it_was_packed(scope):
    header = scope.path.read_bytes()[:8]
    assert header[4:8] == bytes(4), "the time of packing"
    assert header[3] == 0, "no file name either"


@each_scope
def test_each_project_has_failures_in_the_window_and_jobs_that_can_be_spared(scope):
    """Both lists of every project must have something in them: drop one job after another."""
    for project in scope.projects:
        caught_by = witnesses(scope, project)
        candidates = set().union(*caught_by.values())
        kept = set(candidates)
        for name in sorted(candidates):
            if all(names & (kept - {name}) for names in caught_by.values()):
                kept.remove(name)
        assert kept, project
        assert candidates - kept, project


def test_no_two_job_ids_are_equal():
    ids = Counter((result["namespace"], result["job_id"])
                  for scope in scopes() for result in results_of(scope))
    assert [job for job, times in ids.items() if times > 1] == []


def test_the_projects_that_old_clients_ask_for_are_there():
    build_systems = {project: scope.build_system
                     for scope in scopes() for project in scope.projects}
    assert build_systems["mozilla-inbound"] == "buildbot"
    assert build_systems["autoland"] == "taskcluster"


def test_a_project_belongs_to_one_scope():
    projects = [project for scope in scopes() for project in scope.projects]
    assert len(projects) == len(set(projects))


def test_a_scope_that_the_demo_has_not_is_an_error():
    with pytest.raises(UnknownScope, match="'trunk'"):
        records("trunk")


def results_of(scope):
    return [record for record in records(scope.name) if record["kind"] == "result"]


def stored_counts(scope):
    path = scope.path.with_name(f"{scope.name}.counts.json")
    return json.loads(path.read_text(encoding="utf-8"))


def witnesses(scope, project):
    """The builders or labels of a project that caught each regression of the last 90 days."""
    results = results_of(scope)
    newest = max(datetime.fromisoformat(result["pushed_at"]) for result in results)
    caught_by = {}
    for result in results:
        in_window = datetime.fromisoformat(result["pushed_at"]) >= newest - timedelta(days=90)
        if in_window and result["project"] == project:
            for fix in result.get("fixed_by", ()):
                caught_by.setdefault(fix, set()).add(result["name"])
    return caught_by
