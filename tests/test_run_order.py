"""The order in which several workers run the tests."""

from dataclasses import dataclass
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st
from run_order import deal_slow_tests, is_slow


@dataclass(frozen=True)
class Item:
    path: str
    number: int
    mark: str | None

    def get_closest_marker(self, name):
        return self.mark == name


files = st.lists(st.tuples(st.sampled_from([None, None, "slow", "fault"]), st.integers(1, 9)),
                 max_size=20).map(lambda files: [
                     Item(f"test_{name}.py", number, mark)
                     for name, (mark, count) in enumerate(files) for number in range(count)])


def stretches(items, workers):
    """Split as worksteal does."""
    for number in range(workers):
        length = len(items) // (workers - number)
        yield items[:length]
        items = items[length:]


@given(files, st.integers(1, 5))
def test_every_test_runs_once_and_those_of_a_slow_file_follow_each_other(items, workers):
    ordered = deal_slow_tests(items, workers)
    assert sorted(ordered, key=items.index) == items
    assert [item for item in ordered if not is_slow(item)] == [
        item for item in items if not is_slow(item)]
    slow = [path for path, _ in groupby(filter(is_slow, ordered), key=lambda item: item.path)]
    assert len(slow) == len(set(slow))


@given(files, st.integers(1, 5))
def test_each_worker_begins_with_its_share_of_the_slow_ones(items, workers):
    ordered = deal_slow_tests(items, workers)
    if len([item for item in items if is_slow(item)]) > len(items) // (workers + 1):
        return  # then a share may be longer than a stretch
    for stretch in stretches(ordered, workers):
        marks = [is_slow(item) for item in stretch]
        assert marks == sorted(marks, reverse=True)
