"""A project's data are as fresh as its own source says, and no fresher."""

import io
import json
from datetime import timedelta

import pytest
from publish.made_evidence import DAY, NOW

from seta.domain import Project
from seta.ingest import accept_records, import_files
from seta.publish import analyze
from seta.publish.serving import Published
from seta.store.curation import projects
from seta.store.operation.watermarks import record_success

LATER = NOW + timedelta(hours=37)   # an hour too late for what came at noon
GOOD = {"kind": "result", "namespace": "my-ci", "job_id": "1", "project": "autoland",
        "build_system": "taskcluster", "name": "test-linux64/opt-mochitest-1",
        "revision": "a" * 40, "pushed_at": NOW.isoformat(), "result": "success"}


def stream(*lines):
    return io.BytesIO("".join(f"{line}\n" for line in lines).encode())


def posted(sessions, *lines):
    return accept_records(sessions, stream(*lines), now=LATER)


def imported(sessions, *lines):
    return import_files(sessions, [stream(*lines)], scope="trunk", now=LATER)


@pytest.fixture
def site(evidence, settings, sessions):
    """What is served at a time, of a project with a snapshot of noon."""
    def make(source):
        evidence.scope().project(source=source)
        evidence.caught("a" * 12, "test-linux64/opt-mochitest-1")
        evidence.ingested(source=source, at=NOW)
        analyze(sessions, "trunk", now=NOW, settings=settings)

    def refusals(now=LATER):
        served = Published(sessions, settings, lambda: now, every=0, patience=30)
        return [str(refusal) for refusal in served.refusals("autoland")]
    make.refusals = refusals
    return make


@pytest.mark.parametrize("take", [posted, imported])
@pytest.mark.parametrize("source, bad, is_fresh", [
    pytest.param("files", 0, True, id="whole"),
    pytest.param("files", 1, False, id="a bad line"),
    pytest.param("files", 900, False, id="one good line"),
    pytest.param("activedata", 0, False, id="not its own source"),
    pytest.param("treeherder", 0, False, id="not its own source either"),
])
def test_only_a_whole_success_of_its_own_source_makes_data_fresher(
    site, sessions, take, source, bad, is_fresh
):
    """One posted result, or a file of bad lines, made 36-hour-old data fresh."""
    site(source)
    assert site.refusals(NOW) == []
    take(sessions, json.dumps(GOOD), *["bad"] * bad)
    assert site.refusals() == ([] if is_fresh else [
        "results of autoland were taken in last at 2026-03-01 12:00 UTC, which is too old, so "
        "everything runs"])


def test_a_project_that_was_never_fed_by_its_own_source_is_stale(site, sessions):
    site("files")
    with sessions.begin() as session:
        projects.save_project(session, Project("autoland", source="treeherder"))
    posted(sessions, json.dumps(GOOD))
    assert site.refusals() == [
        "autoland has no successful ingest yet, so everything runs"]


@pytest.mark.parametrize("minutes, is_stale", [(10, False), (11, True)])
def test_a_success_ahead_of_the_clock_is_stale(site, sessions, minutes, is_stale):
    site("files")
    moment = LATER + timedelta(minutes=minutes)
    with sessions.begin() as session:
        record_success(session, source="files", project="autoland", now=moment)
    assert site.refusals() == ([
        "results of autoland were taken in last at 2026-03-03 01:11 UTC, which is ahead of the "
        "clock, so everything runs"] if is_stale else [])


def test_the_next_success_takes_the_place_of_one_from_ahead_of_the_clock(site, sessions):
    site("files")
    with sessions.begin() as session:
        for now in (LATER + 300 * DAY, LATER, LATER - timedelta(minutes=5)):
            record_success(session, source="files", project="autoland", now=now)
    assert site.refusals() == []


def test_a_snapshot_ahead_of_the_clock_is_stale(site):
    site("files")
    assert site.refusals(NOW - timedelta(minutes=10)) == []
    data, snapshot = site.refusals(NOW - timedelta(minutes=11))
    assert "taken in last at 2026-03-01 12:00 UTC, which is ahead of the clock" in data
    assert "(as of 2026-03-01 12:00 UTC) is ahead of the clock, so everything runs" in snapshot
