"""Treeherder's REST API as a source of the same shape as ActiveData."""

import json
from datetime import UTC, datetime

import pytest
from loopback.documents import BUILDER, DATA
from loopback.scripted import Reply
from loopback.small_treeherder import SmallTreeherder, as_json, make_job, make_note, make_push

from seta.domain import Classification
from seta.errors import SourceError, SourceGarbled, SourceRefused, SourceUnavailable
from seta.sources.treeherder import Treeherder
from seta.sources.treeherder.jobs import NAMES

FIX, OTHER = "9fa614d8310d" + "a" * 28, "b9222b391f89" + "6" * 28
WHEN = datetime(1970, 1, 1, 2, tzinfo=UTC)


@pytest.fixture
def read(serve, make_http, between, read_all):
    """Read a slice from a Treeherder, by push or by modification."""
    def read(treeherder, start=1000, end=9000, *, by="push", project="autoland", **options):
        with serve(treeherder) as server:
            source = Treeherder(make_http(), server.url, **options)
            results, skipped = read_all(source, between(start, end, by=by, project=project))
            return {result.job_id: result for result in results}, skipped
    return read


def one_job(**fields):
    return SmallTreeherder([make_push(7, 2000)], [make_job(1, 7, **fields)])


def test_a_job_becomes_a_result_with_its_pushs_revision_and_time(read):
    results, skipped = read(one_job())
    result = results["1"]
    assert (result.namespace, result.project) == ("treeherder", "autoland")
    assert (result.build_system, result.name) == ("taskcluster", "test-linux64/opt-xpcshell-1")
    assert (result.revision, result.treeherder_push_id) == (f"{7:040x}", "7")
    assert result.push_id is None
    assert result.pushed_at == datetime.fromtimestamp(2000, UTC)
    assert result.started_at == datetime.fromtimestamp(2100, UTC)
    assert (result.duration_ms, result.tier, result.result) == (620_000, 1, "success")
    assert result.classification is Classification.NOT_CLASSIFIED
    assert result.classified_at == datetime(1970, 1, 1, 1, 0, 0, 250_000, tzinfo=UTC)
    assert not skipped


def test_objects_are_the_same_as_arrays_with_their_names_apart(read):
    """R62: the API has answered both."""
    treeherder = one_job()
    as_arrays = read(treeherder)
    treeherder.always_objects = True
    assert read(treeherder) == as_arrays


@pytest.mark.parametrize(("start", "end", "found"), [
    pytest.param(2000, 2001, {"1"}, id="the start is in"),
    pytest.param(1999, 2000, set(), id="the end is out"),
])
def test_a_slice_by_push_is_half_open(read, start, end, found):
    assert set(read(one_job(), start, end)[0]) == found


@pytest.mark.parametrize(("start", "end", "found"), [
    pytest.param(3600, 3601, {"1"}, id="in it"),
    pytest.param(3601, 3700, set(), id="before it"),
    pytest.param(3500, 3600, set(), id="after it"),
])
def test_a_slice_by_modification_asks_for_last_modified(read, start, end, found):
    """R49: a star that comes days later changes the job, which is how it is seen."""
    assert set(read(one_job(), start, end, by="modified")[0]) == found


def test_the_newest_note_that_says_fixed_names_the_fix(read):
    """R46, R48: by its time; a note of another classification does not count."""
    treeherder = one_job(failure_classification_id=2, result="testfailed")
    treeherder.notes = [
        make_note(3, 1, f"https://hg.mozilla.org/integration/autoland/rev/{FIX}", minute=0),
        make_note(4, 1, OTHER, said=4, minute=5), make_note(5, 2, OTHER, minute=9)]
    result = read(treeherder)[0]["1"]
    assert result.classification is Classification.FIXED_BY_COMMIT
    assert result.fixed_by == (FIX[:12],)
    assert result.classified_at == WHEN


def test_of_two_notes_of_one_moment_the_later_written_counts(read):
    treeherder = one_job(failure_classification_id=2)
    treeherder.notes = [make_note(5, 1, FIX), make_note(4, 1, OTHER)]
    assert read(treeherder)[0]["1"].fixed_by == (FIX[:12],)


def test_a_fixed_job_without_a_note_has_no_fix(read):
    result = read(one_job(failure_classification_id=2))[0]["1"]
    assert result.fixed_by == () and result.classification is Classification.FIXED_BY_COMMIT


def test_the_classification_ids_are_treeherders():
    fixture = json.loads((DATA / "failure_classifications.json").read_text(encoding="utf-8"))
    assert NAMES == {each["pk"]: each["fields"]["name"] for each in fixture}


def test_a_buildbot_job_is_named_by_its_builder(read):
    job = {"build_system_type": "buildbot", "ref_data_name": BUILDER, "task_id": None,
           "job_type_name": "mochitest-1"}
    result = read(one_job(**job))[0]["1"]
    assert (result.build_system, result.name) == ("buildbot", BUILDER)


@pytest.mark.parametrize(("fields", "reason"), [
    pytest.param({"result": "unknown"}, "no result", id="the result 'unknown'"),
    pytest.param({"result": "fine"}, "unknown result", id="a result that is none"),
    pytest.param({"result": None}, "no result", id="no result"),
    pytest.param({"id": None}, "no job id", id="no id"),
    pytest.param({"job_type_name": ""}, "no name", id="no name"),
    pytest.param({"build_system_type": "buildbot"}, "a hash for a name",
                 id="R28: a builder name that is a signature hash"),
    pytest.param({"job_type_name": "Gecko Decision Task"}, "no job type", id="decision task"),
    pytest.param({"job_type_name": "Action: Backfill"}, "no job type", id="action"),
    pytest.param({"build_system_type": "", "task_id": None, "ref_data_name": BUILDER},
                 "no build system", id="neither"),
    pytest.param({"build_system_type": "", "task_id": None}, "a hash for a name",
                 id="an artifact of old samples"),
])
def test_a_job_that_is_no_result_is_skipped_and_counted(read, fields, reason):
    treeherder = one_job(**fields)
    treeherder.jobs.append(make_job(2, 7))
    results, skipped = read(treeherder)
    assert set(results) == {"2"}
    assert skipped == {reason: 1}


def test_an_unknown_classification_id_is_counted_and_the_job_kept(read):
    results, skipped = read(one_job(failure_classification_id=99))
    assert results["1"].classification is None and results["1"].classified_at is None
    assert skipped == {"unknown classification": 1}


BAD = [
    pytest.param(Reply(503, b"down"), SourceUnavailable, "503", id="down"),
    pytest.param(Reply(429, b"throttled"), SourceUnavailable, "429", id="throttled"),
    pytest.param(Reply(cuts_off=True), SourceUnavailable, "did not answer", id="reset"),
    pytest.param(as_json({"detail": "No project with name autoland"}, 404), SourceRefused,
                 "Treeherder knows no project 'autoland'", id="no such project"),
    pytest.param(Reply(404, b"<html>", "text/html"), SourceRefused, "404 to push",
                 id="no Treeherder"),
    pytest.param(as_json({"detail": "no"}, 400), SourceRefused, "400 to push", id="refused"),
    pytest.param(Reply(body=b"<html>"), SourceGarbled, "an HTML page", id="a page"),
    pytest.param(Reply(body=b""), SourceGarbled, "empty", id="empty"),
    pytest.param(as_json([]), SourceGarbled, "push has no results", id="a bare list"),
    pytest.param(as_json({"results": None}), SourceGarbled, "no results", id="null"),
    pytest.param(as_json({"results": [[1, 2]]}), SourceGarbled, "push has a row without columns",
                 id="arrays"),
    pytest.param(as_json({"results": [{"id": 7}]}), SourceGarbled, "a push without an id",
                 id="no push"),
]


@pytest.mark.parametrize(("reply", "kind", "words"), BAD)
def test_an_outage_is_an_error_that_names_the_slice(read, reply, kind, words):
    """R25, R62: never an empty answer."""
    with pytest.raises(SourceError, match=words) as caught:
        read(reply)
    assert type(caught.value) is kind
    assert "autoland by push 1970-01-01T00:16:40Z" in str(caught.value)


def test_a_job_whose_push_does_not_come_is_an_error(read):
    with pytest.raises(SourceGarbled, match="no push was returned for the ids 7"):
        read(SmallTreeherder([], [make_job(1, 7)]), by="modified")


def test_notes_that_are_none_are_an_error(read):
    small = one_job(failure_classification_id=2)
    with pytest.raises(SourceGarbled, match="the notes of job 1 are"):
        read(lambda request: as_json({}) if "/note/" in request.path else small(request))


def test_nothing_pushed_and_nothing_changed_is_nothing(serve, make_http, between):
    with serve(SmallTreeherder()) as server:
        source = Treeherder(make_http(), server.url)
        assert list(source.results(between(1000, 9000, by="push"))) == []
        batch, = source.results(between(1000, 9000))
    assert batch.results == []


def test_rows_left_out_on_purpose_do_not_make_an_answer_garbled(read):
    """Tiers, pending jobs and decision tasks say nothing about the format."""
    fields = [{"result": "unknown"}, {"job_type_name": "Gecko Decision Task"},
              {"build_system_type": "", "task_id": None}]
    jobs = [make_job(number, 7, **fields[number % 3]) for number in range(90)]
    results, skipped = read(SmallTreeherder([make_push(7, 2000)], jobs))
    assert results == {}
    assert skipped == {"no result": 30, "no job type": 30, "a hash for a name": 30}


@pytest.mark.parametrize(("fields", "words"), [
    pytest.param({"job_type_name": ""}, r"none of 30 rows can be used: no name \(30\)",
                 id="values"),
    pytest.param({"result": "green"}, r"none of 30 rows can be used: unknown result \(30\)",
                 id="words"),
])
def test_rows_that_should_decode_and_do_not_make_an_answer_garbled(read, fields, words):
    jobs = [make_job(number, 7, **fields) for number in range(30)]
    with pytest.raises(SourceGarbled, match=words):
        read(SmallTreeherder([make_push(7, 2000)], jobs))


def test_a_column_that_is_gone_makes_an_answer_garbled(read):
    job = make_job(1, 7)
    del job["failure_classification_id"]
    words = "autoland by push.*jobs have no failure_classification_id"
    with pytest.raises(SourceGarbled, match=words):
        read(SmallTreeherder([make_push(7, 2000)], [job]))
