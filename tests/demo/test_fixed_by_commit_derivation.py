import pytest

from demo_derivation.fixed_by_commit import derive_fixed_by_commit

LABELS = ["test-linux64-qr/debug-mochitest-e10s-15", "build-linux64/opt"]
UNTIMED = "test-windows10-64-mingwclang/debug-reftest-e10s-1"


@pytest.fixture(scope="module")
def derived(rows):
    return derive_fixed_by_commit(rows, LABELS)


@pytest.fixture(scope="module")
def results(derived):
    return [record for record in derived.records if record["kind"] == "result"]


@pytest.fixture(scope="module")
def listed(derived):
    return {record["name"] for record in derived.records if record["kind"] == "job"}


def test_a_revision_of_12_and_of_40_digits_is_one_fix(results):
    """R46: 12 and 40 characters of one revision are one regression, not two."""
    same = [result for result in results if result["revision"] == "0b8bcd97f254"]
    assert [result["fixed_by"] for result in same] == [["45299a26e20a"], ["45299a26e20a"]]


def test_a_row_whose_note_named_no_revision_stays_classified_without_one(results):
    [unnamed] = [result for result in results if "fixed_by" not in result]
    assert unnamed["revision"] == "440def3cf293"
    assert unnamed["classification"] == "fixed by commit"


def test_a_row_without_a_push_time_is_listed_but_no_result(results, listed):
    assert UNTIMED in listed
    assert UNTIMED not in {result["name"] for result in results}
    assert len(results) == 7


def test_of_a_whole_push_the_tests_are_listed(listed):
    assert LABELS[0] in listed
    assert LABELS[1] not in listed


def test_no_time_of_classification_is_made_up(results):
    assert not any("classified_at" in result for result in results)


def test_every_result_counts_as_of_autoland(results):
    assert {result["project"] for result in results} == {"autoland"}
