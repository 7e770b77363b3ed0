"""Records that are handed in over HTTP."""

import io
import json

import pytest
from ingest_world import NOON, add_projects, rows, versions

from seta.domain import Scope
from seta.errors import BadInput, Conflict, UnknownProject
from seta.ingest import accept_records
from seta.store.curation import projects
from seta.store.operation.watermarks import watermark


def result(number=1, **fields):
    return {"kind": "result", "namespace": "my-ci", "job_id": str(number), "project": "autoland",
            "build_system": "buildbot", "name": "linux tests", "revision": "a" * 40,
            "pushed_at": NOON.isoformat(), "result": "success"} | fields


JOB = {"kind": "job", "project": "autoland", "build_system": "buildbot", "name": "linux tests",
       "seen_at": NOON.isoformat()}


def hand_in(sessions, *records, **fields):
    lines = "".join(each if isinstance(each, str) else json.dumps(each) + "\n"
                    for each in records)
    return accept_records(sessions, io.BytesIO(lines.encode()), now=NOON, **fields)


@pytest.fixture
def autoland(sessions):
    with sessions.begin() as session:
        add_projects(session, "autoland")
    return sessions


def test_nothing_is_accepted_as_nothing(autoland):
    assert hand_in(autoland).results == 0


def test_results_and_jobs_are_stored_and_the_data_is_fresh(autoland):
    report = hand_in(autoland, result(1), result(2), JOB)
    assert (report.results, report.new, report.jobs) == (2, 2, 1)
    with autoland() as session:
        assert len(rows(session, "job_results")) == 2
        assert len(rows(session, "job_lists")) == 1
        assert watermark(session, source="files", project="autoland").succeeded_at == NOON


def test_sent_again_nothing_changes(autoland):
    hand_in(autoland, result(1), JOB)
    with autoland() as session:
        before = [row for row in versions(session, with_locks=False) if row[0] != "watermarks"]
    assert hand_in(autoland, result(1), JOB).new == 0
    with autoland() as session:
        after = [row for row in versions(session, with_locks=False) if row[0] != "watermarks"]
    assert after == before


def test_a_bad_record_is_reported_and_the_rest_goes_in(autoland):
    report = hand_in(autoland, result(1), result(2, result="green"), result(3))
    assert (report.results, report.bad_total, report.bad[0].line) == (2, 1, 2)


class EndlessLines:
    """A body of one-character lines; a reader has to give up long before its end."""

    lines = 0

    def readline(self, size):
        self.lines += 1
        assert self.lines < 10_000
        return b"x\n"


def test_a_body_of_rubbish_is_given_up_and_nothing_of_it_is_stored(autoland):
    with pytest.raises(BadInput, match="more than 1000 lines .* the first is line 1: "):
        accept_records(autoland, EndlessLines(), now=NOON)
    with pytest.raises(BadInput, match="the first is line 2: "):
        hand_in(autoland, result(1), *["x\n"] * 1001)
    with autoland() as session:
        assert rows(session, "job_results") == []


def test_of_a_thousand_bad_lines_the_first_hundred_are_reported(autoland):
    report = hand_in(autoland, *["x\n"] * 1000, result(1))
    assert (report.results, report.bad_total) == (1, 1000)
    assert [bad.line for bad in report.bad] == list(range(1, 101))


def test_an_unknown_project_stores_nothing_at_all(autoland):
    with pytest.raises(UnknownProject, match="'mine'"):
        hand_in(autoland, result(1), result(2, project="mine"))
    with autoland() as session:
        assert rows(session, "job_results") == []


def test_an_unknown_project_is_added_where_a_scope_is_named(autoland):
    hand_in(autoland, result(1, project="mine"), scope="trunk")
    with autoland() as session:
        mine = projects.project_named(session, "mine")
    assert (mine.scope, mine.source) == ("trunk", "files")


@pytest.mark.parametrize("fields, hint", [
    pytest.param({"source": "demo"}, "seta demo --remove", id="the demo's"),
    pytest.param({}, "archived scope 'history'", id="an archive's"),
])
def test_an_archive_takes_nothing(autoland, fields, hint):
    with autoland.begin() as session:
        projects.add_scope(session, Scope("history", is_archived=True))
        add_projects(session, "old", scope="history", **fields)
    with pytest.raises(Conflict, match=hint):
        hand_in(autoland, result(1, project="old"))
