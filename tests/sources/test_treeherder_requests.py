"""What Treeherder is asked for: nothing is lost while it changes, and nothing is asked in vain."""

from datetime import timedelta

import pytest
from loopback.in_process import URL, http_to
from loopback.scripted import Reply
from loopback.small_treeherder import SmallTreeherder, iso, make_job, make_note, make_push

from seta import __version__
from seta.domain import Classification
from seta.errors import RowLimitReached, SourceRefused, SourceUnavailable
from seta.sources.protocol import nothing_known
from seta.sources.treeherder import Treeherder

FIX = "9fa614d8310d" + "a" * 28
DAY = (100_000, 186_400)


def moved_by(treeherder: SmallTreeherder, jobs: list[dict], each_request: int, after: float):
    """Change so many jobs between any two requests, which moves them behind the slice."""
    waiting = list(jobs)

    def change():
        for number, job in enumerate(waiting[:each_request]):
            job["last_modified"] = iso(after + len(treeherder.asked) + number / 1000)
        del waiting[:each_request]
    treeherder.meanwhile = change


@pytest.fixture
def read(between, read_all):
    """Read a slice in this process, and give the ids of its jobs."""
    def read(treeherder, start, end, *, by="modified", known=nothing_known, **options):
        source = Treeherder(http_to(treeherder), URL, **options)
        results = [result for batch in source.results(between(start, end, by=by), known)
                   for result in batch.results]
        return [int(result.job_id) for result in results]
    return read


# Nothing is lost

def test_a_stream_that_changes_20_times_a_second_loses_no_row(read):
    """Pages by offset lost 77 of 8,549 rows this way."""
    jobs = [make_job(number, 7, last_modified=iso(DAY[0] + number * 10.1))
            for number in range(8549)]
    treeherder = SmallTreeherder([make_push(7, 2000)], jobs)
    moved_by(treeherder, jobs[5::80], 6, after=DAY[1])
    changing = {job["id"] for job in jobs[5::80]}

    found = read(treeherder, *DAY)
    assert len(found) == len(set(found)), "no row comes twice"
    assert set(found) - changing == set(range(8549)) - changing
    requests = treeherder.requests_of("jobs")
    assert len(requests) <= 17
    assert not any("offset" in asked for asked in requests)

    treeherder.meanwhile = None
    later = read(treeherder, DAY[1], DAY[1] + 100_000)
    assert set(found) | set(later) == set(range(8549)), "what moved comes with the next ingest"


def test_a_push_of_8499_jobs_that_change_loses_none(read):
    jobs = [make_job(3_000_000 + number * 3, 7) for number in range(8499)]
    others = [make_job(3_000_001 + number * 3, 8) for number in range(100)]
    treeherder = SmallTreeherder([make_push(7, 2000)], jobs + others)
    moved_by(treeherder, jobs[::7], 20, after=DAY[1])
    assert sorted(read(treeherder, 1000, 9000, by="push")) == [job["id"] for job in jobs]
    requests = treeherder.requests_of("jobs")
    assert len(requests) <= 17
    assert all(asked["push_id"] == "7" and "offset" not in asked for asked in requests)


@pytest.mark.parametrize("seconds", [
    pytest.param(1, id="within one second"),
    pytest.param(0, id="in the same microsecond"),
])
def test_thousands_of_jobs_that_change_at_once_cost_few_requests(read, seconds):
    """Halving four hours would first take a dozen steps down to a second."""
    jobs = [make_job(number, 7, last_modified=iso(DAY[0] + 4321.5 + seconds * number / 8499))
            for number in range(8499)]
    treeherder = SmallTreeherder([make_push(7, 2000)], jobs)
    assert sorted(read(treeherder, *DAY)) == list(range(8499))
    assert len(treeherder.requests_of("jobs")) <= 21


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 40])
@pytest.mark.parametrize("by", ["push", "modified"])
def test_every_row_comes_once_whatever_the_limit(read, by, limit):
    """R61: earlier programs stopped at the API's limit of 2,000."""
    pushes = [make_push(push, 2000 + push) for push in range(1, 4)]
    jobs = [make_job(job, 1 + job % 3, last_modified=iso(3600 + job // 4)) for job in range(30)]
    treeherder = SmallTreeherder(pushes, jobs)
    if limit == 1:  # an answer of one row is always full
        with pytest.raises(RowLimitReached):
            read(treeherder, 1000, 9000, by=by, jobs_per_answer=1)
        return
    found = read(treeherder, 1000, 9000, by=by, jobs_per_answer=limit, pushes_per_answer=2)
    assert sorted(found) == list(range(30))


def test_pushes_come_in_no_order_and_more_than_an_answer_holds(read):
    """The list of pushes is asked without offset, at most 1,000 at a time."""
    pushes = [make_push(push, 100_000 + 80 * push) for push in range(1, 1051)]
    jobs = [make_job(push, push) for push in range(1, 1051)]
    treeherder = SmallTreeherder(pushes, jobs)
    assert sorted(read(treeherder, *DAY, by="push")) == list(range(1, 1051))
    assert len(treeherder.requests_of("push")) == 3
    assert not any("offset" in asked for _, asked in treeherder.asked)


def test_pushes_of_one_second_that_fill_an_answer_are_an_error(read):
    treeherder = SmallTreeherder([make_push(push, 2000) for push in range(1, 4)])
    with pytest.raises(RowLimitReached, match="autoland by push.*at least 2 rows have the same "
                                              "push_timestamp"):
        read(treeherder, 1000, 9000, by="push", pushes_per_answer=2)


# What is asked

@pytest.mark.parametrize("by", ["push", "modified"])
def test_jobs_are_asked_as_completed_and_as_lists_within_what_is_allowed(read, by):
    jobs = [make_job(1, 7), make_job(2, 7, state="running", result="unknown"),
            make_job(3, 7, state="pending", result="unknown")]
    treeherder = SmallTreeherder([make_push(7, 2000)], jobs)
    assert read(treeherder, 1000, 9000, by=by) == [1]
    asked, = treeherder.requests_of("jobs")
    assert (asked["state"], asked["return_type"], asked["count"]) == ("completed", "list", "2000")
    assert all(int(asked["count"]) <= 1000 for asked in treeherder.requests_of("push"))


def test_seta_says_who_asks(serve, make_http, between):
    """A User-Agent that begins with python-requests/ is answered with 403."""
    treeherder = SmallTreeherder([make_push(7, 2000)], [make_job(1, 7)])
    with serve(treeherder) as server:
        http = make_http(version=__version__)
        batch, = Treeherder(http, server.url).results(between(1000, 9000))
        assert len(batch.results) == 1
        assert {request.headers["User-Agent"] for request in server.requests} == {
            f"seta/{__version__}"}
        http._session.headers["User-Agent"] = "python-requests/2.32"
        with pytest.raises(SourceRefused, match="answered 403"):
            list(Treeherder(http, server.url).results(between(1000, 9000)))


def test_each_push_of_a_slice_is_asked_for_once(read):
    pushes = [make_push(push, 2000 + push) for push in range(1, 7)]
    jobs = [make_job(job, 1 + job % 6, last_modified=iso(3600 + job)) for job in range(60)]
    treeherder = SmallTreeherder(pushes, jobs)
    read(treeherder, 1000, 9000, jobs_per_answer=5)
    ids = [push for asked in treeherder.requests_of("push") for push in asked["id__in"].split(",")]
    assert sorted(ids) == ["1", "2", "3", "4", "5", "6"]


def test_notes_are_asked_for_fixed_jobs_only(read):
    jobs = [make_job(job, 7, failure_classification_id=job) for job in range(1, 9)]
    treeherder = SmallTreeherder([make_push(7, 2000)], jobs)
    read(treeherder, 1000, 9000, by="push")
    assert treeherder.requests_of("note") == [{"job_id": "2"}]


@pytest.mark.parametrize("by", ["push", "modified"])
def test_the_notes_of_a_starred_job_that_did_not_change_are_not_asked_again(between, by):
    stars = {"failure_classification_id": 2, "result": "testfailed"}
    jobs = [make_job(1, 7, **stars), make_job(2, 7, **stars, last_modified=iso(5000)),
            make_job(3, 7, last_modified=iso(5000))]
    treeherder = SmallTreeherder([make_push(7, 2000)], jobs,
                                 [make_note(1, 1, FIX), make_note(2, 2, FIX)])
    source = Treeherder(http_to(treeherder), URL)
    first = {result.job_id: result for batch in source.results(between(1000, 9000, by=by))
             for result in batch.results}
    wanted = []

    def known(job_ids):
        wanted.extend(job_ids)
        return {"1": first["1"].modified_at, "2": first["2"].modified_at - timedelta(seconds=1),
                "3": first["3"].modified_at}

    treeherder.asked.clear()
    again = {result.job_id: result for batch in source.results(between(1000, 9000, by=by), known)
             for result in batch.results}
    assert sorted(wanted) == ["1", "2"]
    assert treeherder.requests_of("note") == [{"job_id": "2"}]
    assert again["1"].classification is None, "nothing new is said of it"
    assert again["2"].fixed_by == (FIX[:12],)
    assert again["3"].classification is Classification.NOT_CLASSIFIED, "it is taken back"


def test_a_day_costs_a_request_a_push_and_one_a_new_star(between):
    """At most pushes/1000 + N + F_new requests for a day of N pushes."""
    pushes = [make_push(push, 100_000 + 280 * push) for push in range(1, 301)]
    jobs = [make_job(push * 10 + number, push, last_modified=iso(100_000 + 280 * push + number))
            for push in range(1, 301) for number in range(10)]
    notes = []
    for job in jobs[::60]:
        job["failure_classification_id"] = 2
        notes.append(make_note(job["id"], job["id"], FIX))
    treeherder = SmallTreeherder(pushes, jobs, notes)
    source = Treeherder(http_to(treeherder), URL)
    known = {result.job_id: result.modified_at
             for batch in source.results(between(*DAY, by="push")) for result in batch.results
             if result.classification is Classification.FIXED_BY_COMMIT}
    assert len(treeherder.asked) == 1 + 300 + 50

    treeherder.asked.clear()
    jobs[60]["last_modified"] = iso(100_000)
    list(source.results(between(*DAY, by="push"), lambda job_ids: known))
    assert len(treeherder.asked) == 1 + 300 + 1


# The present state of jobs

def test_the_present_state_of_jobs_is_asked_by_id_in_batches():
    jobs = [make_job(number, 7, failure_classification_id=2 if number % 2 else 1)
            for number in range(1, 1001)]
    treeherder = SmallTreeherder([make_push(7, 2000)], jobs)
    source = Treeherder(http_to(treeherder), URL)
    ids = [str(10**9 + number) for number in range(100)] + [str(job["id"]) for job in jobs]
    batches = list(source.present("autoland", ids))
    found = [result for batch in batches for result in batch.results]
    assert sorted(int(result.job_id) for result in found) == list(range(1, 1001)), "100 are gone"
    requests = treeherder.requests_of("jobs")
    assert len(requests) == 5
    assert all(asked["state"] == "completed" and asked["return_type"] == "list"
               for asked in requests)
    assert [asked["id__in"] for asked in treeherder.requests_of("push")] == ["7"]
    assert {result.treeherder_push_id for result in found} == {"7"}


def test_of_no_jobs_nothing_is_asked():
    treeherder = SmallTreeherder()
    assert list(Treeherder(http_to(treeherder), URL).present("autoland", [])) == []
    assert treeherder.asked == []


# The notes of a job that is gone

def test_a_job_that_is_gone_when_its_notes_are_asked_costs_a_warning_not_the_slice(
    serve, make_http, between, caplog
):
    """Treeherder answers 500, not 404, when it is asked for the notes of such a job."""
    jobs = [make_job(job, 7, failure_classification_id=2 if job == 2 else 1) for job in (1, 2, 3)]
    treeherder = SmallTreeherder([make_push(7, 2000)], jobs)

    def remove():
        treeherder.jobs = [job for job in jobs if job["id"] != 2]
    treeherder.meanwhile = remove
    with serve(treeherder) as server:
        batch, = Treeherder(make_http(tries=5), server.url).results(between(1000, 9000))
    assert {result.job_id for result in batch.results} == {"1", "3"}
    assert batch.skipped == {"no longer there": 1}
    assert "job 2 is left out" in caplog.text
    assert treeherder.requests_of("note") == [{"job_id": "2"}], "it is not tried again"


@pytest.mark.parametrize("failures", [1, 2])
def test_a_server_error_for_the_notes_of_a_job_that_exists_does_not_lose_its_star(
    serve, make_http, between, failures
):
    job = make_job(1, 7, failure_classification_id=2)
    treeherder = SmallTreeherder([make_push(7, 2000)], [job], [make_note(1, 1, FIX)])
    left = [Reply(500, b"oops")] * failures

    def answer(request):
        reply = treeherder(request)
        return left.pop() if "/note/" in request.path and left else reply

    with serve(answer) as server:
        batch, = Treeherder(make_http(), server.url).results(between(1000, 9000))
    assert batch.results[0].fixed_by == (FIX[:12],)


def test_a_server_error_that_stays_fails_the_slice(serve, make_http, between):
    job = make_job(1, 7, failure_classification_id=2)
    treeherder = SmallTreeherder([make_push(7, 2000)], [job])

    def answer(request):
        return Reply(500, b"oops") if "/note/" in request.path else treeherder(request)

    with serve(answer) as server:
        with pytest.raises(SourceUnavailable, match="autoland by modified.*answered 500: oops"):
            list(Treeherder(make_http(), server.url).results(between(1000, 9000)))


# A project that is not there

def test_an_unknown_project_is_named_as_such(serve, make_http, between):
    with serve(SmallTreeherder()) as server:
        source = Treeherder(make_http(), server.url)
        with pytest.raises(SourceRefused, match="Treeherder knows no project 'autolend'"):
            list(source.results(between(1000, 9000, project="autolend")))
        assert len(server.requests) == 1
