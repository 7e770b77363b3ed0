"""Which names stand in which list."""

import json

import pytest

TODAY = "2026-03-01"
LABELS = [f"test-linux64/opt-mochitest-{number}" for number in (1, 2, 3)]
BUILDERS = [f"Windows 8 64-bit mozilla-inbound debug test mochitest-{number}"
            for number in (1, 2, 3)]
LOW_LABELS, HIGH_LABELS = [LABELS[0], LABELS[2]], [LABELS[1]]
LOW_BUILDERS, HIGH_BUILDERS = [BUILDERS[0], BUILDERS[2]], [BUILDERS[1]]
DETAILS = "/data/setadetails/?"
TC = "/api/project/autoland/seta/job-priorities/?build_system_type=taskcluster"
BB = "/api/project/mozilla-inbound/seta/job-priorities/?build_system_type=buildbot"
ANY = "/api/project/autoland/seta/job-priorities/?"
TRIPLES = [["linux64", "opt", f"mochitest-{number}"] for number in (1, 2, 3)]
WINDOWS = [["windows8-64", "debug", f"mochitest-{number}"] for number in (1, 2, 3)]


def jobtypes(response):
    assert response.status_code == 200, response.data
    assert response.content_type == "application/json"
    answer = json.loads(response.data)
    assert list(answer) == ["jobtypes"] and len(answer["jobtypes"]) == 1
    return next(iter(answer["jobtypes"].values()))


@pytest.mark.parametrize("path, expected", [
    pytest.param(TC, LOW_LABELS, id="Taskcluster: missing means low"),
    pytest.param(TC + "&priority=5", LOW_LABELS, id="5 is low"),
    pytest.param(TC + "&priority=1", HIGH_LABELS, id="1 is high"),
    pytest.param(TC + "&priority=2", [LABELS[0]], id="2 is our own priority"),
    pytest.param(TC + "&priority=3", [LABELS[2]], id="3 is our own priority"),
    pytest.param(TC + "&priority=4", [], id="4 is empty"),
    pytest.param(TC + "&priority=", LOW_LABELS, id="nothing in it is missing"),
    pytest.param(BB, BUILDERS, id="Buildbot: missing means all"),
    pytest.param(BB + "&priority=5", LOW_BUILDERS, id="Buildbot low"),
    pytest.param(BB + "&priority=1", HIGH_BUILDERS, id="Buildbot high"),
    pytest.param(ANY, LABELS, id="any: missing means all"),
    pytest.param(ANY + "build_system_type=*", LABELS, id="* is any"),
    pytest.param(ANY + "build_system_type=*&priority=5", LOW_LABELS, id="* low"),
    pytest.param(ANY + "taskcluster=1", LOW_LABELS, id="by the flag of the first SETA"),
    pytest.param(ANY + "build_system_type=buildbot", [], id="no builder there"),
    pytest.param(TC.replace("/seta/", "/seta/v1/"), LOW_LABELS, id="the v1 form"),
    pytest.param(TC.replace("/?", "?"), LOW_LABELS, id="without the slash"),
    pytest.param(TC.replace("/seta/", "/seta/v1/").replace("/?", "?"), LOW_LABELS,
                 id="v1 without the slash"),
])
def test_job_priorities(good, path, expected):
    assert jobtypes(good.get(path)) == expected


@pytest.mark.parametrize("path, expected", [
    pytest.param("branch=autoland&taskcluster=1", LOW_LABELS, id="taskcluster"),
    pytest.param("branch=autoland&build_system_type=taskcluster", LOW_LABELS,
                 id="taskcluster by name"),
    pytest.param("branch=autoland&taskcluster=1&priority=1", HIGH_LABELS, id="high"),
    pytest.param("branch=autoland&taskcluster=1&priority=2", LABELS, id="another number is all"),
    pytest.param("branch=autoland&taskcluster=1&priority=77", LABELS, id="any number"),
    pytest.param("branch=mozilla-inbound&buildbot=1", LOW_BUILDERS, id="buildbot"),
    pytest.param("branch=mozilla-inbound&build_system_type=buildbot", LOW_BUILDERS,
                 id="buildbot by name"),
    pytest.param("branch=mozilla-inbound&buildbot=1&inactive=1", LOW_BUILDERS, id="inactive"),
    pytest.param("branch=mozilla-inbound&buildbot=1&inactive=1&priority=1", LOW_BUILDERS,
                 id="inactive outdoes the priority"),
    pytest.param("branch=mozilla-inbound&buildbot=1&priority=1", HIGH_BUILDERS,
                 id="buildbot high"),
    pytest.param("branch=autoland&buildbot=0&taskcluster=1", LOW_LABELS, id="0 is not a flag"),
    pytest.param("branch=mozilla-inbound&taskcluster=1&buildbot=1", LOW_BUILDERS,
                 id="a master is believed first"),
    pytest.param("branch=autoland", [TRIPLES[0], TRIPLES[2]], id="triples are low unless asked"),
    pytest.param("branch=autoland&priority=1", [TRIPLES[1]], id="triples of high value"),
    pytest.param("branch=autoland&priority=0", TRIPLES, id="all triples"),
    pytest.param("", [TRIPLES[0], TRIPLES[2], WINDOWS[0], WINDOWS[2]], id="all branches"),
    pytest.param("branch=&priority=1", [TRIPLES[1], WINDOWS[1]], id="an empty branch is none"),
    pytest.param("buildbot=1", LOW_BUILDERS, id="builders of all branches"),
    pytest.param("taskcluster=1", LOW_LABELS, id="labels of all branches"),
])
def test_setadetails(good, path, expected):
    assert jobtypes(good.get(DETAILS + path)) == expected
    assert jobtypes(good.get("/data/setadetails?" + path)) == expected


def test_early_decision_tasks_are_known_by_their_name(good):
    path = "/data/setadetails/?branch=autoland"
    assert jobtypes(good.get(path, User_Agent="TaskCluster")) == LOW_LABELS
    assert jobtypes(good.get(path, User_Agent="Mozilla/5.0")) == [TRIPLES[0], TRIPLES[2]]
    inbound = "/data/setadetails/?branch=mozilla-inbound&buildbot=1"
    assert jobtypes(good.get(inbound, User_Agent="TaskCluster")) == LOW_BUILDERS
    assert jobtypes(good.get(ANY, User_Agent="TaskCluster")) == LOW_LABELS


def test_any_build_system_is_the_union(evidence, site):
    """R6"""
    builder = "Windows 8 64-bit autoland debug test xpcshell"
    evidence.passed(builder, build_system="buildbot")
    site.good()
    assert jobtypes(site.get(ANY)) == [builder, *LABELS]
    assert jobtypes(site.get(ANY + "priority=5")) == [builder, *LOW_LABELS]


def test_the_low_and_the_high_list_have_nothing_in_common(good):
    for path in (TC, BB, ANY + "build_system_type=*"):
        low, high = (jobtypes(good.get(f"{path}&priority={number}")) for number in (5, 1))
        assert low and high and not set(low) & set(high)
        assert low == sorted(set(low))


def test_two_names_of_one_job_type_are_both_listed(evidence, site):
    twin = "desktop-test-linux64/opt-mochitest-1"
    evidence.passed(twin)
    site.good()
    assert jobtypes(site.get(TC)) == [twin, *LOW_LABELS]


@pytest.mark.parametrize("name", ["source-test-mozlint-eslint", "build-linux64/debug"])
def test_what_is_no_job_type_or_a_build_is_left_out(evidence, site, name):
    evidence.passed(name)
    site.good()
    for number in (1, 2, 3, 5):
        assert name not in jobtypes(site.get(f"{TC}&priority={number}"))


def test_a_fuzzing_build_may_be_listed(evidence, site):
    evidence.passed("build-linux64-asan-fuzzing/opt")
    site.good()
    assert "build-linux64-asan-fuzzing/opt" in jobtypes(site.get(TC + "&priority=1"))


def test_what_is_not_alive_is_left_out(evidence, site):
    """R33"""
    evidence.listed(*LABELS[:2])
    site.good()
    assert jobtypes(site.get(TC)) == [LABELS[0]]


def test_a_builder_without_the_branch_in_its_name_is_left_out(evidence, site):
    """A master's reconfiguration breaks on one."""
    evidence.passed("test-linux64/opt-xpcshell", project="mozilla-inbound",
                    build_system="buildbot")
    site.good()
    assert jobtypes(site.get(BB)) == BUILDERS


@pytest.mark.parametrize("asked, key", [
    pytest.param("2016-05-19", "2016-05-19", id="a date"),
    pytest.param("2031-01-01", "2031-01-01", id="of the future"),
    pytest.param("2015-02-29", TODAY, id="no such day"),
    pytest.param("2016-5-19", TODAY, id="not in full"),
    pytest.param("20160519", TODAY, id="without dashes"),
    pytest.param("2016-W20-4", TODAY, id="by week"),
    pytest.param("latest", TODAY, id="a word"),
    pytest.param("", TODAY, id="empty"),
    pytest.param("٢٠١٦-٠٥-١٩", TODAY, id="other digits"),
    pytest.param('2016-05-19"', TODAY, id="a quote"),
    pytest.param(None, TODAY, id="none"),
])
def test_the_key_is_the_date_that_was_asked_for(good, asked, key):
    """R4, R9: nothing but a date gets into the answer."""
    for path in (TC, BB, DETAILS + "branch=mozilla-inbound&buildbot=1", DETAILS):
        response = good.get(path + (f"&date={asked}" if asked is not None else ""))
        assert list(json.loads(response.data)["jobtypes"]) == [key]
        assert jobtypes(response)  # a date never selects history


def test_parameters_that_old_clients_send_beside_change_nothing(good):
    noise = "&format=json&active=1&head_rev=abc&pushlog_id=5&nonsense=1"
    for path in (TC, BB, ANY, DETAILS + "branch=autoland"):
        assert good.get(path + noise).data == good.get(path).data


def test_asking_again_changes_nothing(good):
    """R10: earlier servers counted requests."""
    answers = {good.get(TC).data for _ in range(12)}
    assert len(answers) == 1


def test_names_of_another_ci_are_asked_for_by_its_word(evidence, site):
    evidence.project("elsewhere", build_systems=("jenkins",)).ingested("elsewhere", at=site.now)
    evidence.passed("test-linux64/opt-xpcshell", project="elsewhere", build_system="jenkins")
    site.good()
    path = "/api/project/elsewhere/seta/job-priorities/?build_system_type=jenkins"
    assert jobtypes(site.get(path)) == ["test-linux64/opt-xpcshell"]
