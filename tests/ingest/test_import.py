"""Files of records go into a scope."""

import gzip
import io
import json
import os
import sys
from datetime import timedelta

import pytest
from ingest_world import NOON, add_projects, contents, rows, versions

from seta.domain import Scope
from seta.errors import BadInput, Conflict, SourceGarbled
from seta.ingest import import_files
from seta.store.curation import projects
from seta.store.operation import runs
from seta.store.operation.watermarks import watermark


def result(number=1, **fields):
    return {"kind": "result", "namespace": "my-ci", "job_id": str(number), "project": "autoland",
            "build_system": "taskcluster", "name": "test-linux64/opt-mochitest-1",
            "revision": "a" * 40, "pushed_at": NOON.isoformat(), "result": "success"} | fields


def star(number=1, **fields):
    return result(number, result="testfailed", classification="fixed by commit",
                  fixed_by=["abcdef012345"]) | fields


def job(name="test-linux64/opt-mochitest-1", day=0, **fields):
    return {"kind": "job", "project": "autoland", "build_system": "taskcluster", "name": name,
            "seen_at": (NOON + timedelta(days=day)).isoformat()} | fields


def spelled(*records) -> bytes:
    return "".join(each if isinstance(each, str) else json.dumps(each) + "\n"
                   for each in records).encode()


def stream(*records):
    return io.BytesIO(spelled(*records))


def take(sessions, *records, **fields):
    files = fields.pop("files", None) or [stream(*records)]
    return import_files(sessions, files, **{"scope": "trunk", "now": NOON, "batch": 3} | fields)


def stored(sessions) -> set[str]:
    with sessions() as session:
        return {row[1] for row in rows(session, "job_results")}


def test_an_empty_file_makes_nothing(sessions):
    report = take(sessions)
    assert (report.results, report.jobs, report.bad_total, report.projects) == (0, 0, 0, ())
    with sessions() as session:
        assert projects.scopes(session) == []


def test_a_scope_and_its_projects_are_made_as_they_are_seen(sessions):
    report = take(sessions, result(1), result(2, project="mozilla-inbound",
                                              build_system="buildbot", name="odd name"),
                  job(), star(3), scope="mine", archived=True, redundancy=2, title="Mine",
                  budget=1.3, objective="expected")
    assert (report.results, report.jobs, report.new, report.classifications) == (3, 1, 3, 1)
    assert report.projects == ("autoland", "mozilla-inbound")
    assert report.unparsed_names == 1
    with sessions() as session:
        assert projects.scopes(session) == [
            Scope("mine", is_archived=True, redundancy=2, title="Mine", budget=1.3,
                  objective="expected")]
        made = projects.projects(session, "mine")
        assert [(each.name, each.build_systems, each.source) for each in made] == [
            ("autoland", ("taskcluster",), "files"), ("mozilla-inbound", ("buildbot",), "files")]


def test_the_same_file_again_rewrites_nothing(sessions):
    records = [result(1), star(2), star(3, classified_at=NOON.isoformat()), job(), job("x y"),
               result(4, project="mozilla-inbound"), job(day=1)]
    take(sessions, *records)
    with sessions() as session:
        before = [row for row in versions(session, with_locks=False) if row[0] != "watermarks"]
    report = take(sessions, *records)
    with sessions() as session:
        after = [row for row in versions(session, with_locks=False) if row[0] != "watermarks"]
    assert (report.new, report.changed, report.classifications) == (0, 0, 0)
    assert after == before


def test_plain_gzip_and_standard_input_are_read_alike(sessions, tmp_path):
    plain, packed = tmp_path / "plain.ndjson", tmp_path / "packed.ndjson.gz"
    plain.write_bytes(spelled(result(1)))
    packed.write_bytes(gzip.compress(spelled(result(2))))
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BufferedReader(stream(result(3))))
    try:
        report = take(sessions, files=[plain, packed, "-"])
    finally:
        sys.stdin = before
    assert report.results == 3
    assert stored(sessions) == {"1", "2", "3"}


def test_stars_without_their_time_and_without_a_fix_are_counted(sessions):
    """R50."""
    report = take(sessions, star(1), star(2, fixed_by=[]),
                  star(3, classified_at=NOON.isoformat()), result(4))
    assert (report.assumed_times, report.without_fix) == (2, 1)


def test_a_job_type_may_be_told_beside_the_name(sessions):
    take(sessions, result(1, name="smoke #7", platform="board-7", build_type="release",
                          test_suite="smoke", chunk=7))
    with sessions() as session:
        assert rows(session, "job_types") == [("board-7", "release", "smoke", 7)]


# Bad lines

def test_a_bad_line_is_reported_and_the_rest_goes_in(sessions):
    report = take(sessions, result(1), "{\n", result(2), result(3, result="green"), "\n",
                  result(4))
    assert stored(sessions) == {"1", "2", "4"}
    assert report.bad_total == 2
    assert [bad.line for bad in report.bad] == [2, 4]
    assert "'green'" in str(report.bad[1])
    assert str(report.bad[1]).startswith("a stream, line 4: ")


def test_bad_lines_are_named_by_file_and_only_so_many_are_kept(sessions, tmp_path):
    names = []
    for name in ("one", "two"):
        names.append(tmp_path / f"{name}.ndjson")
        names[-1].write_text("bad\n" * 60)
    report = take(sessions, files=names)
    assert (report.bad_total, len(report.bad)) == (120, 100)
    assert (report.bad[59].line, report.bad[60].line) == (60, 1)
    assert report.bad[60].file.endswith("two.ndjson")


@pytest.mark.parametrize("before", [0, 1, 2, 3, 4, 7])
def test_strict_stops_at_the_first_bad_line_and_keeps_what_was_before(sessions, before):
    good = [result(number) for number in range(before)]
    with pytest.raises(BadInput) as raised:
        take(sessions, *good, "bad\n", *(result(100 + number) for number in range(9)),
             strict=True)
    assert f"line {before + 1}: " in str(raised.value)
    assert f"the {before} results and 0 job list entries before it are stored" in str(
        raised.value)
    assert stored(sessions) == {str(number) for number in range(before)}
    with sessions() as session:
        assert runs.runs(session)[0].status == "failed"


def test_strict_keeps_the_job_list_that_was_before(sessions):
    with pytest.raises(BadInput):
        take(sessions, job(), job("other"), "bad\n", job("third"), strict=True)
    with sessions() as session:
        assert [row[4] for row in rows(session, "job_lists")] == [
            ["other", "test-linux64/opt-mochitest-1"]]


@pytest.mark.parametrize("cut", [
    pytest.param(lambda data: gzip.compress(data)[:-20], id="a gzip that is cut"),
    pytest.param(lambda data: data[:-9], id="a file that ends in the middle of a record"),
])
def test_a_file_that_cannot_be_read_to_its_end_is_a_failed_run(sessions, tmp_path, cut):
    """Its run once said "done", and the next analysis published half of it."""
    path = tmp_path / "half.ndjson"
    path.write_bytes(cut(spelled(*(result(n, name=os.urandom(99).hex()) for n in range(500)))))
    with pytest.raises(SourceGarbled, match="half.ndjson: it .*breaks off in .* the whole file: "):
        take(sessions, files=[path])
    with sessions() as session:
        run, = runs.runs(session)
        assert run.status == "failed" and "half.ndjson: it " in run.error
        assert run.counts["results"] == len(rows(session, "job_results"))
        assert watermark(session, source="files", project="autoland").succeeded_at is None


def test_a_file_that_cannot_be_opened_is_an_error_before_anything_is_stored(sessions, tmp_path):
    """A mistyped name leaves nothing half, so it must not hold the next snapshot back."""
    good = tmp_path / "good.ndjson"
    good.write_bytes(spelled(result(1)))
    with pytest.raises(BadInput, match="cannot open .*none.ndjson"):
        take(sessions, files=[good, tmp_path / "none.ndjson"])
    with sessions() as session:
        assert rows(session, "job_results") == [] and runs.runs(session) == []


# Lists

def test_a_list_is_put_together_whole_before_it_is_stored(sessions):
    """Half a list would retire the jobs of the other half."""
    names = [f"test-linux64/opt-x-{number}" for number in range(10)]
    seen = []

    def look(report):
        with sessions() as session:
            seen.append([len(row[4]) for row in rows(session, "job_lists")])

    take(sessions, *(job(name) for name in names), *(job(name, day=1) for name in names[:9]),
         progress=look)
    with sessions() as session:
        assert [len(row[4]) for row in rows(session, "job_lists")] == [10, 9]
    assert [0 < size < 10 for sizes in seen for size in sizes] == [False] * sum(map(len, seen))


def test_lists_of_two_build_systems_may_be_mixed(sessions):
    take(sessions, job("a"), job("b", build_system="buildbot"), job("c"),
         job("d", build_system="buildbot"))
    with sessions() as session:
        assert [row[4] for row in rows(session, "job_lists")] == [["b", "d"], ["a", "c"]]


# Scopes

@pytest.mark.parametrize("archived", [True, False])
def test_a_scope_does_not_change_between_live_and_archived_silently(sessions, archived):
    take(sessions, result(1), archived=archived)
    with pytest.raises(Conflict, match="the scope 'trunk' is (archived|live) and cannot"):
        take(sessions, result(2), archived=not archived)
    assert stored(sessions) == {"1"}


@pytest.mark.parametrize("source, hint", [
    pytest.param("files", "not to 'mine'$", id="another's"),
    pytest.param("demo", "seta demo --remove", id="the demo's"),
])
def test_a_project_of_another_scope_is_refused_and_both_are_named(sessions, source, hint):
    """R32."""
    take(sessions, result(1), source=source)
    with pytest.raises(Conflict, match=f"'autoland' belongs to the scope 'trunk'.*{hint}"):
        take(sessions, result(2), scope="mine")
    assert stored(sessions) == {"1"}
    with sessions() as session:
        assert [scope.name for scope in projects.scopes(session)] == ["trunk"]


def test_a_known_project_learns_a_build_system(sessions):
    with sessions.begin() as session:
        add_projects(session, "autoland")
    take(sessions, result(1, build_system="buildbot"))
    with sessions() as session:
        assert projects.project_named(session, "autoland").build_systems == (
            "taskcluster", "buildbot")


# Runs

def test_an_import_is_a_run_with_counts(sessions):
    take(sessions, result(1), "bad\n", job())
    with sessions() as session:
        run = runs.runs(session)[0]
    assert (run.task, run.status, run.scope, run.source) == (
        "import", "done", "trunk", "a stream")
    assert (run.counts["results"], run.counts["bad_total"], run.counts["jobs"]) == (1, 1, 1)
    assert run.started_at == NOON <= run.ended_at


@pytest.mark.parametrize("archived, expected", [
    pytest.param(False, NOON, id="live"), pytest.param(True, None, id="archived")])
def test_an_import_makes_the_data_of_a_live_project_fresh(sessions, archived, expected):
    report = take(sessions, result(1), archived=archived)
    assert report.sources == {"autoland": "files"}
    with sessions() as session:
        assert watermark(session, source="files", project="autoland").succeeded_at == expected


def test_progress_tells_what_is_stored_so_far(sessions):
    counts = []
    take(sessions, *(result(number) for number in range(7)),
         progress=lambda report: counts.append(report.results))
    assert counts == [3, 6, 7]


def test_days_are_counted_at_the_end(sessions):
    take(sessions, *(result(number) for number in range(7)))
    with sessions() as session:
        assert rows(session, "stale_job_days") == []
        assert [row[2] for row in contents(session)["job_days"]] == [7]
