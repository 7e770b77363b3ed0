"""The table of states and errors: what each kind of client gets in each."""

import json

import pytest

TC = "/api/project/autoland/seta/job-priorities/?build_system_type=taskcluster"
TC_DETAILS = "/data/setadetails/?branch=autoland&taskcluster=1"
BB = "/api/project/mozilla-inbound/seta/job-priorities/?build_system_type=buildbot"
BB_DETAILS = "/data/setadetails/?date=2016-05-19&buildbot=1&branch=mozilla-inbound&inactive=1"
ANY = "/api/project/autoland/seta/job-priorities/?format=json"
TRIPLES = "/data/setadetails/?branch=autoland"
TC_ALL = [TC, TC + "&priority=1", TC + "&priority=5", TC_DETAILS, TC_DETAILS + "&priority=1",
          TC_DETAILS + "&priority=5"]
BB_ALL = [BB, BB + "&priority=1", BB + "&priority=5", BB_DETAILS, BB_DETAILS + "&priority=1"]
KNOWN = ["/data/jobtypes/", "/data/jobnames/", "/data/jobtypes/?branch=autoland"]


def is_text(response, status):
    """One sentence of text that is no JSON at all: every decision task survives it."""
    assert response.status_code == status
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.text.endswith("\n") and response.text.count("\n") == 1
    with pytest.raises(ValueError):
        json.loads(response.data)
    return True


def is_empty(response, key=None):
    assert response.status_code == 200
    (date, names), = json.loads(response.data)["jobtypes"].items()
    assert names == []
    return key is None or date == key


@pytest.mark.parametrize("state", [
    "no_snapshot", "stale", "old_snapshot", "killed", "killed_globally"])
def test_when_the_lists_are_not_good_everything_runs(site, state):
    """R7, R20, R24: alike on all priorities, and in the way that each client survives."""
    getattr(site, state)()
    for path in TC_ALL + [ANY, ANY + "&priority=1", TRIPLES, TRIPLES + "&priority=1"]:
        assert is_text(site.get(path), 503), path
    for path in BB_ALL:
        assert is_empty(site.get(path)), path
    assert is_empty(site.get(BB_DETAILS), "2016-05-19")
    for path in KNOWN:
        assert next(iter(json.loads(site.get(path).data).values())), path


@pytest.mark.parametrize("state, says", [
    ("no_snapshot", "no snapshot"), ("stale", "taken in last at 2026-03-01"),
    ("old_snapshot", "published snapshot"), ("killed", "kill switch of autoland"),
    ("killed_globally", "kill switch of this server")])
def test_the_sentence_says_why(site, state, says):
    getattr(site, state)()
    assert says in site.get(TC).text


def test_when_nothing_is_of_low_value_a_decision_task_gets_no_list(evidence, site):
    """An empty low list crashes some of them, and a high list alone drops their build filter."""
    evidence.listed("test-linux64/opt-mochitest-2")
    evidence.listed("Windows 8 64-bit mozilla-inbound debug test mochitest-2",
                    project="mozilla-inbound", build_system="buildbot")
    site.good()
    for path in TC_ALL:
        assert is_text(site.get(path), 503), path
    assert is_empty(site.get(BB + "&priority=5")) and is_empty(site.get(BB_DETAILS))
    assert is_empty(site.get(ANY + "&priority=5"))
    assert is_empty(site.get(TRIPLES)) and is_empty(site.get(TRIPLES + "&priority=5"))
    assert site.get(TRIPLES + "&priority=1").status_code == 200


def test_who_names_taskcluster_outright_is_no_master(site):
    site.no_snapshot()
    assert is_text(site.get(BB_DETAILS + "&build_system_type=taskcluster"), 503)
    assert is_text(site.get(TC + "&buildbot=1"), 503)


def test_an_unknown_project_is_404_but_for_masters_on_the_first_route(good):
    """R5: never the answer of another project."""
    none = "/api/project/none/seta/job-priorities/?build_system_type="
    for kind in ("taskcluster", "buildbot", "*", ""):
        for number in ("", "&priority=1", "&priority=5"):
            assert is_text(good.get(none + kind + number), 404)
    for path in ("/data/setadetails/?branch=none&taskcluster=1", "/data/setadetails/?branch=none",
                 "/data/jobtypes/?branch=none", "/data/jobnames/?branch=none"):
        assert is_text(good.get(path), 404), path
    assert is_empty(good.get("/data/setadetails/?branch=none&buildbot=1&date=2016-05-19"),
                    "2016-05-19")


@pytest.mark.parametrize("more", [
    "&priority=high", "&priority=1.5", "&priority=1%00", "&priority=1+OR+1%3D1",
    "&priority=" + "9" * 100, "&priority=%D9%A5"])
def test_a_priority_that_is_no_number_is_400_but_for_masters_on_the_first_route(good, more):
    """R9"""
    for path in (TC, BB, ANY, TC_DETAILS, TRIPLES):
        assert is_text(good.get(path + more), 400), path
    assert is_empty(good.get("/data/setadetails/?branch=mozilla-inbound&buildbot=1" + more))


@pytest.mark.parametrize("number", ["0", "6", "-1", "99"])
def test_a_priority_beyond_1_to_5_is_400_on_job_priorities_only(good, number):
    for path in (TC, BB, ANY):
        assert is_text(good.get(f"{path}&priority={number}"), 400)
    for path in (TC_DETAILS, TRIPLES):
        assert good.get(f"{path}&priority={number}").status_code == 200


@pytest.mark.parametrize("kind", ["jenkins", "Taskcluster", "taskcluster ", "1"])
def test_an_unknown_build_system_is_400_but_for_masters_on_the_first_route(good, kind):
    job_priorities = "/api/project/autoland/seta/job-priorities/?buildbot=1&build_system_type="
    assert is_text(good.get(job_priorities + kind), 400)
    assert is_text(good.get(f"/data/setadetails/?build_system_type={kind}"), 400)
    assert is_text(good.get(f"{TRIPLES}&build_system_type={kind}"), 400)
    assert is_empty(good.get(f"/data/setadetails/?buildbot=1&build_system_type={kind}"))


@pytest.mark.parametrize("hostile", [
    "<script>alert(1)</script>", "a'; DROP TABLE projects; --", "\r\nSet-Cookie: a=b", "x" * 5000,
    "../../etc/passwd", "\x00"])
def test_what_was_sent_does_no_harm_in_the_answer(good, hostile):
    """R9: parameters are checked, not cleaned; what an error repeats is short and escaped."""
    for name in ("branch", "priority", "build_system_type"):
        response = good.client.get("/data/setadetails/", query_string={name: hostile})
        assert response.status_code in (400, 404)
        assert is_text(response, response.status_code)
        assert len(response.data) < 300
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in response.headers
    assert good.get(TC).status_code == 200


@pytest.mark.parametrize("path", [
    "/data/", "/data/nothing/", "/data/setadetails/extra", "/api/project/autoland/seta/",
    "/api/project/a/b/seta/job-priorities/", "/api/project//seta/job-priorities/", "/api/",
    "/api/project/autoland/seta/v2/job-priorities/"])
def test_pages_that_are_not_there_are_text_too(good, path):
    assert is_text(good.get(path), 404)


@pytest.mark.parametrize("accept, is_json", [
    ("application/json", True), ("text/html, application/json;q=0.5", True),
    ("*/*", False), ("application/*", False), ("text/html", False),
    ("application/json;q=0", False), ("", False)])
def test_errors_are_json_only_where_accept_names_it(site, accept, is_json):
    site.no_snapshot()
    response = site.get(TC, Accept=accept)
    assert response.status_code == 503
    if is_json:
        answer = json.loads(response.data)
        assert answer["status"] == 503 and "no snapshot" in answer["error"]
        assert "jobtypes" not in answer
    else:
        assert is_text(response, 503)
    assert is_empty(site.get(BB, Accept=accept))


def test_errors_are_not_kept_by_caches(site):
    site.no_snapshot()
    assert site.get(TC).headers["Cache-Control"] == "no-store"
