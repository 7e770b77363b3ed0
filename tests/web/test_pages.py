"""The pages, asked for over HTTP and looked at in a real browser."""

import doctest
import re

import pytest
from publish.made_evidence import NOW, Evidence

from seta.config import Settings
from seta.domain import Project, Scope
from seta.publish import analyze
from seta.store.curation import projects as store
from seta.store.operation.alarms import raise_alarm
from seta.web import page


def test_without_projects_the_page_says_how_to_begin(empty_app):
    answer = empty_app.test_client().get("/")
    assert answer.status_code == 200
    assert "seta demo" in answer.text


def test_a_project_without_a_snapshot_says_that_everything_runs(empty_app):
    with empty_app.extensions["seta"].sessions.begin() as session:
        store.add_scope(session, Scope("trunk"))
        store.add_project(session, Project("autoland"))
        raise_alarm(session, "ingest autoland", "<b>no answer</b>")
    text = empty_app.test_client().get("/projects/autoland").text
    assert "Everything runs:" in text and "no snapshot of scope trunk" in text
    assert "&lt;b&gt;no answer&lt;/b&gt;" in text  # alarms stand in the head, escaped


def test_the_page_says_what_is_expected_where_a_budget_is_spent(empty_app):
    sessions = empty_app.extensions["seta"].sessions
    evidence = Evidence(sessions).scope(budget=2.0).project()
    evidence.caught("1" * 12, "test-linux64/opt-a").passed("test-linux64/opt-b")
    choice = analyze(sessions, "trunk", now=NOW, settings=Settings()).inputs["choice"]
    text = " ".join(empty_app.test_client().get("/projects/autoland").text.split())
    assert f"<dd>{choice['expected_catches']:.0%} <small>{choice['cover_catches']:.0%} by" in text
    assert "a budget of 2</small>" in text


def test_an_unknown_project_is_404(demo_app):
    answer = demo_app.test_client().get("/projects/nope")
    assert answer.status_code == 404
    assert "nope" in answer.text


def test_a_page_needs_no_script_and_no_other_host(demo_app):
    answer = demo_app.test_client().get("/projects/autoland")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)


def test_the_page_says_what_a_push_costs_as_the_api_does(demo_app):
    client = demo_app.test_client()
    text = client.get("/projects/autoland").text
    snapshot = re.search(r"/api/v1/snapshots/(\d+)", text)[1]
    (found,) = [each for each in client.get(f"/api/v1/snapshots/{snapshot}/savings").json["items"]
                if each["project"] == "autoland"]
    assert 0 < found["saved"] < found["full_run"]
    assert f"{found['expected']:,.0f} jobs" in text and f"of {found['full_run']:,} jobs" in text
    assert f"saved {found['saved_share']:.0%}" in text


@pytest.mark.parametrize("project, build_system", [
    pytest.param("mozilla-inbound", "buildbot", id="Buildbot"),
    pytest.param("autoland", "taskcluster", id="Taskcluster"),
])
def test_the_page_shows_what_the_lists_say(demo_app, project, build_system):
    """R66: the page is made from the same data as the answers to clients."""
    client = demo_app.test_client()
    text = client.get(f"/projects/{project}").text
    for priority, classes in ((1, ["priority-1"]), (5, ["priority-2", "priority-3"])):
        answer = client.get(f"/api/project/{project}/seta/job-priorities/",
                            query_string={"build_system_type": build_system,
                                          "priority": priority}).json
        (names,) = answer["jobtypes"].values()
        shown = sum(len(re.findall(f'<a class="square {each}"', text)) for each in classes)
        assert shown == len(names) > 0
        assert all(f'title="{name}: priority' in text for name in names)


def test_the_examples_in_the_docstrings_run():
    assert doctest.testmod(page).failed == 0


def test_a_browser_shows_the_grid_and_follows_the_links(browser, site):
    tab = browser.new_page()
    problems = []
    tab.on("console", lambda message: problems.append(message.text))
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.goto(f"{site}/projects/mozilla-inbound")

    assert tab.locator("h1").inner_text() == "mozilla-inbound"
    assert tab.locator("header nav a[aria-current]").inner_text() == "mozilla-inbound"
    high = tab.locator("td a.square.priority-1").first
    assert high.is_visible()
    assert high.evaluate("element => getComputedStyle(element).fontWeight") == "700"

    tab.get_by_role("link", name="autoland").click()
    assert tab.locator("h1").inner_text() == "autoland"
    assert problems == []
    tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_accessibility_violations(browser, site, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # axe is a script
    tab = context.new_page()
    tab.goto(f"{site}/projects/mozilla-inbound")
    found = axe.run(tab)
    assert found.violations_count == 0, found.generate_report()
    context.close()


def test_the_old_reads_tell_of_the_demo_while_there_is_nothing_else(demo_app):
    client = demo_app.test_client()
    assert len(client.get("/data/jobnames/").json["results"]) == 310 + 148
    job_types = client.get("/data/jobtypes/").json["jobtypes"]
    assert ["linux64", "debug", "mochitest-e10s-6"] in job_types
    failures = client.get("/data/seta/?startDate=2018-10-01&endDate=2018-11-01").json["failures"]
    assert len(failures) == 16

    def triples(query):
        (listed,) = client.get(f"/data/setadetails/?{query}").json["jobtypes"].values()
        return {tuple(each) for each in listed}

    known = {tuple(each) for each in job_types if not each[2].startswith("build")}
    high, low = triples("priority=1"), triples("")
    assert high | low == triples("priority=0") == known and not high & low


def test_no_scheduler_is_told_of_the_demo_unasked(demo_app):
    """It would skip jobs by a list of somebody else's."""
    client = demo_app.test_client()
    assert client.get("/data/setadetails/?taskcluster=1").status_code == 503
    (listed,) = client.get("/data/setadetails/?buildbot=1&inactive=1").json["jobtypes"].values()
    assert listed == []
