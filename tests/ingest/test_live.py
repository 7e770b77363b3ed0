"""A live source is ingested: first the window, then what changed."""

import logging

import pytest
from ingest_world import (
    FIXED, NOON, NOT_CLASSIFIED, LENGTHS, add_projects, at, job, listed, mark, rows, star,
    store_results, versions,
)

from seta.domain import Scope
from seta.errors import Conflict, UnknownProject
from seta.ingest import ingest_project
from seta.sources.protocol import MODIFIED, PUSHED
from seta.store.curation import projects
from seta.store.operation import runs
from seta.store.operation.alarms import open_alarms
from seta.store.operation.watermarks import Watermark


def stored_jobs(sessions) -> set[str]:
    with sessions() as session:
        return {row[1] for row in rows(session, "job_results")}


def test_the_first_time_the_window_is_filled_by_push_time(ingest, autoland, source):
    report = ingest()
    assert [slice_.by for slice_ in source.requests] == [PUSHED] * 12 + [MODIFIED]
    assert (source.requests[0].start, source.requests[11].end) == (at(-48), NOON)
    assert (source.requests[12].start, source.requests[12].end) == (at(-1), NOON)
    assert stored_jobs(autoland) == {str(number) for number in range(96)}
    assert report.is_complete
    assert (mark(autoland).reached_at, mark(autoland).succeeded_at) == (NOON, NOON)


def test_after_that_only_what_changed_is_asked_for_less_an_overlap(ingest, source):
    """R61: in slices, so that no answer reaches the source's limit."""
    ingest()
    source.requests.clear()
    source.hold(job(500, pushed_at=at(3), started_at=at(3)))
    report = ingest(9)
    assert [(slice_.by, slice_.start, slice_.end) for slice_ in source.requests] == [
        (MODIFIED, at(-1), at(3)), (MODIFIED, at(3), at(7)), (MODIFIED, at(7), at(9))]
    assert report.stored.new == 1


def test_a_second_run_at_once_changes_nothing(ingest, autoland):
    ingest()
    with autoland() as session:
        before = [row for row in versions(session, with_locks=False) if row[0] != "watermarks"]
    counts = ingest().stored
    with autoland() as session:
        after = [row for row in versions(session, with_locks=False) if row[0] != "watermarks"]
    assert (counts.new, counts.changed, counts.classifications) == (0, 0, 0)
    assert after == before


def test_a_star_given_days_later_changed_and_taken_back_is_followed(ingest, autoland, source):
    """R49: whatever is said of it, a job that changed is seen again."""
    source.hold(job(2, pushed_at=at(-40), started_at=at(-40), result="busted"), at(-40))
    ingest()
    fields = {"pushed_at": at(-40), "started_at": at(-40)}
    stored = []
    for hours, version in (
            (12, star(2, at=at(10), **fields)),
            (24, star(2, fixed_by=("c" * 12,), at=at(20), **fields)),
            (36, star(2, NOT_CLASSIFIED, at=at(30), **fields))):
        source.hold(version, version.classified_at)
        ingest(hours)
        with autoland() as session:
            stored = [row[2:4] for row in rows(session, "classifications") if row[1] == "2"]
    assert stored == [(FIXED, ["abcdef012345"]), (FIXED, ["c" * 12]), (NOT_CLASSIFIED, [])]


def test_after_a_long_pause_the_stream_goes_back_no_further_than_the_window(ingest, source):
    ingest()
    source.requests.clear()
    ingest(24 * 30)
    assert source.requests[0].start == at(24 * 28)


def test_a_clock_that_went_back_asks_for_all_changes_of_the_window(ingest, autoland, source):
    """Nobody knows how far it had been ahead, so nobody knows which changes were asked for."""
    ingest(12)
    source.requests.clear()
    source.hold(job(500, pushed_at=at(1), started_at=at(1)), at(1))
    ingest(6)
    assert (source.requests[0].start, source.requests[-1].end) == (at(6 - 48), at(6))
    assert "500" in stored_jobs(autoland)
    assert mark(autoland).reached_at == at(6)


def test_an_empty_answer_is_a_success_once_the_source_is_known_to_have_something(
    ingest, autoland, source
):
    ingest()
    source.jobs.clear()
    assert ingest(12).is_complete
    assert mark(autoland).succeeded_at == at(12)


def test_a_first_fill_answered_with_empty_lists_is_a_failure_and_is_done_again(
    ingest, autoland, source
):
    held, source.jobs = source.jobs, {}
    with autoland.begin() as session:   # posted: another source's results prove nothing
        store_results(session, [job(1, namespace="my-ci")])
    report = ingest()
    assert not report.is_complete
    assert report.error.startswith("the first fill ended without a single push: activedata "
                                   "answered every query about autoland")
    with autoland() as session:
        assert [(run.status, run.error) for run in runs.runs(session)] == [
            ("failed", report.error)]
        assert [alarm.subject for alarm in open_alarms(session)] == ["ingest autoland"]
    assert mark(autoland) == Watermark()

    source.jobs = held
    source.requests.clear()
    assert ingest(12).is_complete
    assert (source.requests[0].by, source.requests[0].start) == (PUSHED, at(-36))
    with autoland() as session:
        assert open_alarms(session) == []


def test_projects_go_each_its_own_way(ingest, autoland, source):
    source.hold(job(900, project="mozilla-inbound", pushed_at=at(-2), started_at=at(-2)))
    ingest()
    assert "900" not in stored_jobs(autoland)
    ingest_project(autoland, source, "mozilla-inbound", now=NOON, lengths=LENGTHS)
    assert "900" in stored_jobs(autoland)


def test_the_days_are_counted_when_a_run_ends(ingest, autoland):
    ingest()
    with autoland() as session:
        assert rows(session, "stale_job_days") == []
        assert sum(row[2] for row in rows(session, "job_days")) == 96


def test_each_run_is_a_row_and_a_line_with_counts(ingest, autoland, caplog):
    caplog.set_level(logging.INFO, logger="seta.ingest")
    ingest()
    with autoland() as session:
        run = runs.runs(session)[0]
    assert (run.task, run.source, run.project, run.scope, run.status) == (
        "ingest", "activedata", "autoland", "trunk", "done")
    assert (run.counts["slices"], run.counts["new"], run.counts["skipped"]["still running"]) == (
        13, 96, 37)
    assert "13 of 13 slices" in caplog.text


def test_progress_is_told_and_may_stop_the_run(ingest, autoland):
    class Stopped(BaseException):
        pass

    def stop(so_far):
        if so_far.done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        ingest(progress=stop)
    with autoland() as session:
        run = runs.runs(session)[0]
    assert (run.status, run.counts["done"]) == ("stopped", 2)
    assert mark(autoland).filled_to == at(-40)


def test_a_first_fill_that_was_stopped_goes_on_where_it_was(ingest, autoland, source):
    def stop(so_far):
        if so_far.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(progress=stop)
    source.requests.clear()
    ingest(12)
    assert (source.requests[0].start, source.requests[9].end) == (at(-40), NOON)
    assert [(slice_.by, slice_.start) for slice_ in source.requests[10:]] == [
        (MODIFIED, at(-1)), (MODIFIED, at(3)), (MODIFIED, at(7)), (MODIFIED, at(11))]
    assert mark(autoland).reached_at == at(12)


# Job lists

def test_the_newest_job_list_is_recorded(ingest, autoland, source):
    source.jobs_listed = [listed(), listed("test-linux64/opt-reftest")]
    assert ingest(lists=source).listed == 2
    with autoland() as session:
        assert len(rows(session, "job_lists")) == 1


def test_without_a_list_the_run_succeeds_and_the_last_list_stays(ingest, autoland, source):
    source.jobs_listed = [listed()]
    ingest(lists=source)
    source.jobs_listed = None
    report = ingest(12, lists=source)
    assert report.is_complete
    assert "no job list of autoland" in report.list_error
    with autoland() as session:
        assert len(rows(session, "job_lists")) == 1


# Which projects

def test_an_unknown_project_is_refused(autoland, source):
    with pytest.raises(UnknownProject, match="'nowhere'"):
        ingest_project(autoland, source, "nowhere", now=NOON, lengths=LENGTHS)


@pytest.mark.parametrize("fields, hint", [
    pytest.param({"source": "demo"}, "seta demo --remove", id="the demo's"),
    pytest.param({"source": "files"}, "archived scope 'history'", id="an archive's"),
])
def test_a_project_of_an_archive_is_no_live_sources(autoland, source, fields, hint):
    with autoland.begin() as session:
        projects.add_scope(session, Scope("history", is_archived=True))
        add_projects(session, "mozilla-central", scope="history", **fields)
    with pytest.raises(Conflict, match=hint):
        ingest_project(autoland, source, "mozilla-central", now=NOON, lengths=LENGTHS)
    assert source.requests == []


def test_a_project_without_a_source_remembers_where_its_results_come_from(autoland, source):
    with autoland.begin() as session:
        add_projects(session, "earlier", source="")
    ingest_project(autoland, source, "earlier", now=NOON, lengths=LENGTHS)
    with autoland() as session:
        assert projects.project_named(session, "earlier").source == "activedata"


@pytest.mark.parametrize("own, named", [
    ("files", "files and posted results"), ("treeherder", "treeherder")])
def test_a_project_of_another_source_is_never_claimed(autoland, source, own, named):
    """A worker's default source once claimed, and then held for ever, what only posts feed."""
    with autoland.begin() as session:
        add_projects(session, "mine", source=own)
    with pytest.raises(Conflict, match=f"'mine' takes its results from {named}, not from "
                                       "activedata; `seta projects set mine --source activedata"):
        ingest_project(autoland, source, "mine", now=NOON, lengths=LENGTHS)
    assert source.requests == []
    with autoland() as session:
        assert runs.runs(session) == []
