"""R61: answers that were cut at the row limit are never taken for whole ones."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback.documents import flat_row, push_documents
from loopback.small_activedata import SmallActiveData

from seta.errors import RowLimitReached
from seta.sources.activedata import ActiveData
from seta.sources.activedata.query import is_full

START, END = 1_000_000, 1_000_060


def rows_at(*times):
    return [flat_row(index, f"test-linux64/opt-x-{index}", last_modified=time, build__date=time)
            for index, time in enumerate(times, start=1)]


@pytest.fixture(scope="module")
def read(serve, make_http, between, read_all):
    """Read the whole slice from an ActiveData of these rows; also its number of questions."""
    def read(rows, *, limit=10_000, by="modified", **options):
        with serve(SmallActiveData(rows, **options)) as server:
            source = ActiveData(make_http(), server.url, row_limit=limit)
            results, _ = read_all(source, between(START, END, by=by))
            return results, len(server.requests)
    return read


@pytest.mark.parametrize("by", ["push", "modified"])
@settings(max_examples=25, deadline=None)
@given(
    times=st.lists(
        st.one_of(st.integers(START, END - 1), st.floats(START, END - 1),
                  st.just(START + 7), st.just(START + 7.25)),
        max_size=30),
    limit=st.integers(2, 12),
)
def test_every_job_comes_exactly_once_whatever_the_limit(read, by, times, limit):
    """R61: jobs at any times, even many in one second or at one moment."""
    results, _ = read(rows_at(*times), limit=limit, by=by)
    assert Counter(int(result.job_id) for result in results) == Counter(range(1, len(times) + 1))


@settings(max_examples=15, deadline=None)
@given(times=st.lists(st.integers(START, END - 1), max_size=30), limit=st.integers(3, 12))
def test_rows_in_no_order_are_halved_until_they_fit(read, times, limit):
    """A server that ignores `sort` costs more questions, not jobs."""
    rows = [row for row in rows_at(*sorted(set(times)))]
    results, _ = read(list(reversed(rows)), limit=limit, is_sorted=False)
    assert Counter(int(result.job_id) for result in results) == Counter(range(1, len(rows) + 1))


@settings(max_examples=25, deadline=None)
@given(
    times=st.permutations(list(range(START, START + 20)) + [START + 7] * 10),
    limit=st.integers(3, 12),
)
def test_a_server_that_cuts_first_and_sorts_then_hides_no_job(read, times, limit):
    """Its cut answers are in perfect order, and are not the first rows."""
    results, _ = read(rows_at(*times), limit=limit, limits_first=True)
    assert Counter(int(result.job_id) for result in results) == Counter(range(1, len(times) + 1))


def test_a_second_with_too_many_jobs_in_no_order_is_divided_by_job_id(read):
    rows = rows_at(*[START + 5] * 40)
    results, questions = read(rows[::2] + rows[::-2], limit=8, is_sorted=False)
    assert Counter(int(result.job_id) for result in results) == Counter(range(1, 41))
    assert questions < 40


def test_a_long_slice_costs_one_cut_answer_and_then_answers_that_are_nearly_full(read):
    """How many rows there are in a second is learned from the answers before."""
    _, questions = read(rows_at(*range(START, START + 55)), limit=11)
    assert questions == 1 + 7  # of about 8 rows


@pytest.mark.parametrize(("count", "is_cut"), [
    pytest.param(9, False, id="below the limit"),
    pytest.param(10, True, id="at the limit"),
    pytest.param(11, True, id="above the limit: the server's is higher"),
    pytest.param(10_000, True, id="where servers clamp: 10000"),
    pytest.param(50_000, True, id="where servers clamped in 2016: 50000"),
])
def test_the_length_is_the_only_sign_of_a_cut(count, is_cut):
    limit = 10 if count < 12 else 100_000
    assert is_full([{}] * count, limit) is is_cut


def test_a_server_that_clamps_lower_than_asked_is_seen_through(read):
    """We ask for 50,000 and it gives 10,000: 10,003 jobs come all the same."""
    rows = rows_at(*(START + index // 400 for index in range(10_003)))
    results, questions = read(rows, limit=50_000)
    assert len({result.job_id for result in results}) == 10_003
    assert questions == 3


def test_a_job_that_comes_twice_in_one_second_ends_in_one_batch(serve, make_http, between):
    """Pages by job id never part the two rows of a job: the newest is the one that stays."""
    rows = rows_at(*[START] * 9)
    twin = rows[3] | {"run.result": "testfailed", "last_modified": START + .5}
    with serve(SmallActiveData(rows + [twin])) as server:
        source = ActiveData(make_http(), server.url, row_limit=4)
        batches = list(source.results(between(START, END)))
    results = [result for batch in batches for result in batch.results]
    assert Counter(result.job_id for result in results)["4"] == 1
    assert {result.result for result in results if result.job_id == "4"} == {"testfailed"}


def test_a_second_that_cannot_be_paged_is_an_error_that_names_the_slice(
    serve, make_http, between
):
    """A server that ignores the job id would be asked for ever."""
    rows = rows_at(*[START] * 5)
    with serve(lambda request: SmallActiveData(rows)(
        type(request)(request.method, request.path, {}, request.body.replace(
            b'{"gte":{"job.id"', b'{"ne":{"job.id"'))
    )) as server:
        source = ActiveData(make_http(), server.url, row_limit=4)
        with pytest.raises(RowLimitReached, match="autoland by modified 1970-01-12T13:46:40Z"):
            list(source.results(between(START, END)))


def test_one_job_with_more_rows_than_the_limit_is_an_error(read):
    rows = rows_at(START) * 6
    with pytest.raises(RowLimitReached, match="cut at 4 rows"):
        read(rows, limit=4)


def test_a_clamp_in_the_real_engine_loses_nothing(
    activedata_server, activedata, between, read_all
):
    """R61: the keyset and the time split as ActiveData's own language understands them."""
    activedata_server.clamp(11)
    expected = {str(each["job"]["id"]) for each in push_documents()}
    times = sorted(each["last_modified"] for each in push_documents())
    results, _ = read_all(activedata(row_limit=11), between(times[0], times[-1] + 1))
    assert {result.job_id for result in results} == expected

    pushed = push_documents()[0]["build"]["date"]
    by_push, _ = read_all(activedata(row_limit=11), between(pushed, pushed + 1, by="push"))
    assert {result.job_id for result in by_push} == expected
    assert len(by_push) == len(expected)
