"""Our query, evaluated by a real engine of ActiveData's language over real rows."""

from datetime import UTC, datetime

from loopback.documents import BUILDER, DATA, PUSHED_AT, fixed_documents

from seta.domain import Classification

ALL_OF_2018 = 1_514_764_800, 1_546_300_800


def test_every_fixed_job_of_the_real_rows_comes_with_its_fix(activedata, between, read_all):
    """R48: only classification 2 names a fix, and no witness is cut off."""
    results, skipped = read_all(activedata(), between(*ALL_OF_2018))

    expected = {str(each["job"]["id"]): each for each in fixed_documents()}
    assert {result.job_id for result in results} == set(expected)
    for result in results:
        note = expected[result.job_id]["failure"]["notes"].get("text")
        assert result.fixed_by == ((note[:12],) if note else ())
        assert result.classification is Classification.FIXED_BY_COMMIT
    assert not skipped


def test_a_row_becomes_the_result_that_it_says(activedata, between, read_all):
    results, _ = read_all(activedata(), between(*ALL_OF_2018))
    first = next(result for result in results if result.job_id == "200000001")

    assert first.namespace == "treeherder"
    assert (first.project, first.build_system) == ("autoland", "taskcluster")
    assert first.name == "test-linux64/debug-mochitest-browser-chrome-e10s-15"
    assert first.revision == "7381bd2bb8eb"
    assert first.pushed_at == datetime(2018, 10, 11, 19, 59, 16, tzinfo=UTC)
    assert first.started_at == datetime.fromtimestamp(1_539_288_058 + 60, UTC)
    assert first.classified_at == datetime.fromtimestamp(1_539_288_058 + 7200, UTC)
    assert (first.result, first.tier, first.duration_ms) == ("testfailed", 1, 600_500)
    assert first.push_id == str(0x7381bd)
    assert first.fixed_by == ("b9222b391f89",)


def test_the_fill_goes_by_push_time_and_the_stream_by_modification(
    activedata, between, read_all
):
    """R41: the window is by push time; a classification that comes later is in the stream."""
    pushed = 1_539_287_956
    by_push, _ = read_all(activedata(), between(pushed, pushed + 1, by="push"))
    assert {result.job_id for result in by_push} == {"200000001", "200000002"}

    modified = 1_539_288_058 + 7200
    by_change, _ = read_all(activedata(), between(modified, modified + 1))
    assert {result.job_id for result in by_change} == {"200000001"}


def test_both_ends_of_a_slice_are_half_open(activedata, between, read_all):
    """R41: two slices that touch have no job in common and lose none."""
    modified = 1_539_288_058 + 7200
    before, _ = read_all(activedata(), between(modified - 100, modified))
    after, _ = read_all(activedata(), between(modified, modified + 100))
    assert {result.job_id for result in before} == {"200000002"}
    assert {result.job_id for result in after} == {"200000001"}


def test_passed_and_intermittent_jobs_come_too(activedata, between, read_all):
    """R49: every result whatever its classification, so that a star taken back is seen."""
    results, _ = read_all(activedata(), between(PUSHED_AT, PUSHED_AT + 2000))
    said = {result.classification for result in results}
    assert said == {Classification.NOT_CLASSIFIED, Classification.INTERMITTENT,
                    Classification.FIXED_BY_COMMIT}
    assert len(results) == 20
    assert all(not result.fixed_by for result in results)


def test_a_decision_task_and_an_action_are_no_job_types(activedata, between, read_all):
    results, skipped = read_all(activedata(), between(PUSHED_AT, PUSHED_AT + 2000))
    assert not [result for result in results if not result.name.startswith(
        ("test-", "build-", "valgrind-", "hazard-", "source-test-", "spidermonkey-"))]
    assert not skipped


def test_a_buildbot_job_is_named_by_its_builder(activedata, between, read_all):
    piece = between(PUSHED_AT, PUSHED_AT + 10, project="mozilla-inbound")
    results, _ = read_all(activedata(), piece)
    assert {(result.build_system, result.name) for result in results} == {("buildbot", BUILDER)}
    assert len(results) == 2


def test_a_project_without_results_gives_one_empty_batch(activedata, between):
    batches = list(activedata().results(between(1000, 2000, project="try")))
    assert [(batch.results, dict(batch.skipped)) for batch in batches] == [([], {})]


def test_the_columns_may_come_in_any_order(activedata_server, activedata, between, read_all):
    """R62: the engine answers in order of the alphabet, which is not the order of our query."""
    read_all(activedata(), between(*ALL_OF_2018))
    asked = activedata_server.queries()[-1]
    names = [column["name"] for column in asked["select"]]
    assert names != sorted(names)
    assert asked["format"] == "table"
    assert asked["limit"] == 10_000


def test_the_real_rows_are_there():
    """The other tests would pass on nothing."""
    assert len(fixed_documents()) == 24 and DATA.is_dir()
