"""Lists as files."""

import json
from dataclasses import replace

import pytest
from ci_world import PRIORITIES, NOON

from seta.domain import Cadence, Interval, Priority, Project
from seta.errors import BadInput, CannotAnswer
from seta.ledger import PriorityLists
from seta.ledger.export import export_list

PROJECT = Project("autoland", cadence=Cadence(priority_2=Interval(7, 60)))
GOOD = PriorityLists(3, NOON, PRIORITIES)


def exported(format, project=PROJECT, published=GOOD):
    return json.loads(export_list(project, "taskcluster", published, format=format))


def test_taskcluster_lists_what_may_be_skipped():
    """R1: the file says what its list means."""
    assert exported("taskcluster") == {
        "action": "skip", "project": "autoland", "snapshot": 3,
        "jobs": ["test-linux64/opt-low-1", "test-linux64/opt-low-2", "test-linux64/opt-low-rare"]}


def test_builds_are_never_listed_for_taskcluster_but_fuzzing_ones():
    priorities = {
        Priority.SECOND: ("build-linux64/opt", "build-linux64-fuzzing/debug", "test-a/opt-x")}
    assert exported("taskcluster", published=replace(GOOD, priorities=priorities))["jobs"] == [
        "build-linux64-fuzzing/debug", "test-a/opt-x"]


def test_buildbot_says_how_often_what_is_held_back_runs():
    """R16: by the project's own limits."""
    assert exported("buildbot") == {
        "test-linux64/opt-low-1": [7, 3600], "test-linux64/opt-low-2": [7, 3600],
        "test-linux64/opt-low-rare": [10, 10800]}


def test_json_has_every_priority():
    assert exported("json")["priorities"] == {
        str(priority.value): list(names) for priority, names in PRIORITIES.items()}


@pytest.mark.parametrize("format", ["taskcluster", "buildbot", "json"])
def test_the_same_snapshot_gives_the_same_bytes(format):
    texts = {export_list(PROJECT, "taskcluster", published, format=format) for published in (
        GOOD, replace(GOOD, priorities={
            priority: names[::-1] for priority, names in PRIORITIES.items()}))}
    assert len(texts) == 1 and texts.pop().endswith("}\n")


@pytest.mark.parametrize("project, published, message", [
    pytest.param(PROJECT, replace(GOOD, refusals=("stale",)), "stale", id="refused"),
    pytest.param(replace(PROJECT, is_killed=True), GOOD, "kill switch", id="killed"),
    pytest.param(PROJECT, replace(GOOD, priorities={}), "names no job", id="nothing known"),
])
def test_a_list_that_is_not_good_is_not_written(project, published, message):
    """R25: no file of nothing."""
    with pytest.raises(CannotAnswer, match=message):
        export_list(project, "taskcluster", published, format="json")


def test_an_unknown_format_is_refused():
    with pytest.raises(BadInput, match="taskcluster, buildbot, json, not 'csv'"):
        export_list(PROJECT, "taskcluster", GOOD, format="csv")
