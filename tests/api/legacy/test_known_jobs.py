"""The reads beside the lists: job types, job names, failures by fix."""

import json
from datetime import timedelta

import pytest
from publish.made_evidence import DAY, NOW
from sqlalchemy import update

from seta.store import schema

LABELS = [f"test-linux64/opt-mochitest-{number}" for number in (1, 2, 3)]
TRIPLES = [["linux64", "opt", f"mochitest-{number}"] for number in (1, 2, 3)]
WINDOWS = [["windows8-64", "debug", f"mochitest-{number}"] for number in (1, 2, 3)]


def answer(response):
    assert response.status_code == 200
    return json.loads(response.data)


def test_job_types_are_triples_of_all_branches_or_of_one(good):
    assert answer(good.get("/data/jobtypes/")) == {"jobtypes": TRIPLES + WINDOWS}
    assert answer(good.get("/data/jobtypes/?branch=autoland")) == {"jobtypes": TRIPLES}
    batch = good.get("/data/jobtypes/", Accept_Encoding="json")  # as batch analysis asks
    assert answer(batch) == {"jobtypes": TRIPLES + WINDOWS}


def test_job_names_say_what_each_name_means(good):
    results = answer(good.get("/data/jobnames/"))["results"]
    assert [each["ref_data_name"] for each in results][:3] == LABELS
    assert results[0] == {
        "name": "mochitest-1", "job_group_symbol": "M", "job_type_symbol": "1",
        "job_type_name": "mochitest", "buildplatform": "taskcluster", "platform": "linux64",
        "buildtype": "opt", "ref_data_name": "test-linux64/opt-mochitest-1", "jobname": "",
        "signature": ""}
    assert len(answer(good.get("/data/jobnames/?branch=mozilla-inbound"))["results"]) == 3


def test_symbols_that_a_source_gave_are_kept(evidence, site, sessions):
    """They are derived only where a job came with neither, as a result alone does."""
    with sessions.begin() as session:
        session.execute(update(schema.JobName).where(schema.JobName.name == LABELS[0])
                        .values(symbol="own"))
    results = answer(site.get("/data/jobnames/?branch=autoland"))["results"]
    assert [(each["job_group_symbol"], each["job_type_symbol"]) for each in results] == [
        ("", "own"), ("M", "2"), ("M", "3")]


def test_before_anything_is_published_all_that_is_known_is_told(site):
    assert answer(site.get("/data/jobtypes/")) == {"jobtypes": TRIPLES + WINDOWS}
    assert len(answer(site.get("/data/jobnames/"))["results"]) == 6


def test_what_the_snapshot_does_not_list_is_not_told(evidence, site):
    """R33"""
    evidence.listed(*LABELS[:2])
    site.good()
    assert answer(site.get("/data/jobtypes/?branch=autoland")) == {"jobtypes": TRIPLES[:2]}


def test_without_any_project_there_is_nothing_known(site, sessions):
    from seta.store.curation import projects
    with sessions.begin() as session:
        projects.remove_scope(session, "trunk")
    assert answer(site.get("/data/jobtypes/")) == {"jobtypes": []}
    assert answer(site.get("/data/jobnames/")) == {"results": []}
    assert answer(site.get("/data/seta/")) == {"failures": {}}


def test_failures_are_told_by_the_revision_that_fixed_them(site):
    failures = answer(site.get("/data/seta/?startDate=2026-02-01&endDate=2026-03-01",
                               Accept="application/json"))["failures"]
    assert failures == {
        "a" * 12: [["linux64", "opt", "mochitest-1", 60.0],
                   ["linux64", "opt", "mochitest-2", 60.0]],
        "b" * 12: [["linux64", "opt", "mochitest-2", 60.0]],
        "c" * 12: [["windows8-64", "debug", "mochitest-1", 60.0],
                   ["windows8-64", "debug", "mochitest-2", 60.0]],
        "d" * 12: [["windows8-64", "debug", "mochitest-2", 60.0]],
    }


@pytest.mark.parametrize("query, is_told", [
    pytest.param("startDate=2026-02-10&endDate=2026-02-11", True, id="its day"),
    pytest.param("startDate=2026-02-09&endDate=2026-02-10", False, id="ends before it"),
    pytest.param("startDate=2026-02-11&endDate=2026-02-12", False, id="begins after it"),
    pytest.param("startDate=2026-02-11&endDate=2026-02-10", False, id="the wrong way round"),
    pytest.param("endDate=2026-05-11", True, id="the window before the end"),
    pytest.param("endDate=2026-05-12", False, id="it lies before the window"),
    pytest.param("startDate=2026-02-10", True, id="until now"),
    pytest.param("", True, id="the window until now"),
])
def test_the_span_of_failures_is_half_open_in_days(evidence, site, query, is_told):
    """R41"""
    pushed_at = NOW.replace(month=2, day=10, hour=0, minute=0)
    evidence.caught("e" * 12, LABELS[0], at=pushed_at)
    found = answer(site.get("/data/seta/?" + query))["failures"]
    assert ("e" * 12 in found) == is_told


def test_a_job_of_unknown_duration_took_no_seconds(evidence, site):
    evidence.caught("e" * 12, LABELS[0], duration_ms=None, at=NOW - DAY - timedelta(hours=1))
    assert answer(site.get("/data/seta/"))["failures"]["e" * 12] == [
        ["linux64", "opt", "mochitest-1", 0.0]]


@pytest.mark.parametrize("query", [
    "startDate=yesterday", "endDate=2026-02-30", "startDate=2026-1-1", "endDate=2026-01-01T00:00",
    "startDate=0000-01-01"])
def test_a_bad_date_is_400(site, query):
    response = site.get("/data/seta/?" + query)
    assert response.status_code == 400
    assert response.content_type.startswith("text/plain")
    assert query.split("=")[1] in response.text
