"""An ActiveData that is slow costs minutes, not the slice; one that is down costs little.

The gateway gives up after a tenth of a second here, not after five minutes; where the machine is so
busy that answers come late by themselves, all times are longer.
"""

import json
import time
import urllib.request

import pytest
from loopback.documents import flat_row
from loopback.scripted import Reply
from loopback.small_activedata import SmallActiveData

from seta.errors import SourceError, SourceTooSlow, SourceUnavailable
from seta.sources.activedata import ActiveData, Patience

START, END = 1_000_000, 1_014_400  # four hours
GATEWAY = .1
LATE = .004    # seconds that an answer at once may take before times are made longer
TIME_OUTS = 6


def spread(every=60):
    return [flat_row(index, "test-linux64/opt-x-1", last_modified=at, build__date=at)
            for index, at in enumerate(range(START, END, every), start=1)]


class SlowActiveData(SmallActiveData):
    """Takes the longer, the more time a query covers, and breaks off where that is too long."""

    def __init__(
        self, rows, pace, *, per_hour, gives_up=Reply(504, b"<html>Gateway Time-out</html>"),
    ):
        super().__init__(rows)
        self.pace = pace
        self.per_hour = per_hour
        self.gives_up = gives_up
        self.spans = []

    def __call__(self, request):
        start, end = span_of(json.loads(request.body))
        self.spans.append(end - start)
        took = self.per_hour * (end - start) / 3600   # where times are as they are
        good = super().__call__(request)
        if took > GATEWAY:
            return Reply(self.gives_up.status, self.gives_up.body, waits=GATEWAY * self.pace,
                         length=self.gives_up.length, cuts_off=self.gives_up.cuts_off)
        return Reply(body=good.body, waits=took * self.pace)


def span_of(query):
    found = {operator: value for each in query["where"]["and"] for operator, rest in each.items()
             if operator in ("gte", "lt") for name, value in rest.items() if name != "job.id"}
    return found["gte"], found["lt"]


@pytest.fixture
def pace(serve):
    """How many times as long everything takes here: 1 where the machine is not too busy."""
    with serve(Reply(body=b"{}")) as server:
        waits = []
        for _ in range(20):
            began = time.monotonic()
            urllib.request.urlopen(server.url).read()
            waits.append(time.monotonic() - began)
    return max(1, max(waits) / LATE)


@pytest.fixture
def patience(pace):
    return Patience(comfort=.05 * pace, shortest=240, time_outs=TIME_OUTS, per_slice=3 * pace)


@pytest.fixture
def source(make_http, pace, patience):
    def make(server, *, read_timeout=5, patience=patience, **options):
        http = make_http(slow_after=GATEWAY * .8 * pace, read_timeout=read_timeout * pace,
                         **options)
        return ActiveData(http, server.url, patience=patience)
    return make


@pytest.mark.parametrize("gives_up", [
    pytest.param(Reply(504, b"<html>Gateway Time-out</html>"), id="504"),
    pytest.param(Reply(502, b"<html>Bad Gateway</html>"), id="502 after a while"),
    pytest.param(Reply(cuts_off=True), id="no answer at all"),
    pytest.param(Reply(body=b'{"meta":', length=90_000), id="cut off in the middle"),
])
@pytest.mark.parametrize("by", ["push", "modified"])
def test_a_slow_source_loses_no_row_and_little_time(
    serve, source, between, read_all, pace, by, gives_up
):
    """Four hours at once are too much for it, three quarters of an hour are not."""
    slow = SlowActiveData(spread(), pace, per_hour=.12, gives_up=gives_up)
    with serve(slow) as server:
        results, _ = read_all(source(server), between(START, END, by=by))
    assert [int(result.job_id) for result in results] == list(range(1, 241))
    assert sum(span * slow.per_hour / 3600 > GATEWAY for span in slow.spans) == 1
    assert len(slow.spans) < 20


def test_a_time_out_of_ours_asks_for_less_too(serve, source, between, read_all, pace):
    """A gateway that waits longer than we do."""
    slow = SlowActiveData(spread(), pace, per_hour=.12, gives_up=Reply(cuts_off=True))
    with serve(lambda request: (lambda reply: Reply(waits=9 * pace) if reply.cuts_off else reply)(
            slow(request))) as server:
        results, _ = read_all(source(server, read_timeout=.2), between(START, END))
    assert len(results) == 240
    assert len(slow.spans) < 20


def test_what_was_learned_of_a_slice_serves_the_next(serve, source, between, read_all, pace):
    slow = SlowActiveData(spread(), pace, per_hour=.12)
    with serve(slow) as server:
        activedata = source(server)
        read_all(activedata, between(START, START + 7200))
        slow.spans.clear()
        read_all(activedata, between(START + 7200, END))
    assert all(span * slow.per_hour / 3600 <= GATEWAY for span in slow.spans)


def test_a_source_that_recovers_is_asked_for_more_again(serve, source, between, read_all, pace):
    slow = SlowActiveData(spread(), pace, per_hour=1)
    with serve(slow) as server:
        activedata = source(server)
        read_all(activedata, between(START, START + 3600))
        slow.per_hour = .001
        slow.spans.clear()
        read_all(activedata, between(START + 3600, END))
    assert len(slow.spans) < 6


@pytest.mark.parametrize("reply", [
    pytest.param(Reply(504), id="504"),
    pytest.param(Reply(waits=30), id="silence"),
    pytest.param(Reply(body=b"{}", length=100), id="every answer cut off"),
])
def test_a_source_that_never_answers_costs_three_questions_then_one_for_each_slice(
    serve, source, between, reply
):
    with serve(reply) as server:
        activedata = source(server, read_timeout=.1)
        for asked in (3, 4, 5):
            with pytest.raises(SourceTooSlow, match="autoland by modified"):
                list(activedata.results(between(START, END)))
            assert len(server.requests) == asked


@pytest.mark.parametrize("reply", [Reply(503), Reply(502)])
def test_a_source_that_is_down_is_not_asked_for_less(serve, source, between, reply):
    with serve(reply) as server:
        with pytest.raises(SourceError) as caught:
            list(source(server, tries=0).results(between(START, END)))
        assert type(caught.value) is SourceUnavailable
        assert len(server.requests) == 1


def test_one_bad_stretch_fails_its_slice_after_a_bounded_number_of_time_outs(
    serve, source, between
):
    """What came before it is stored; the other slices go on."""
    good, bad = SmallActiveData(spread()), START + 9000
    slow = []

    def script(request):
        start, end = span_of(json.loads(request.body))
        if start <= bad < end:
            slow.append(end - start)
            return Reply(504)
        return good(request)

    with serve(script) as server:
        seen = []
        with pytest.raises(SourceTooSlow, match="504|too slow"):
            for batch in source(server).results(between(START, END)):
                seen += [int(result.job_id) for result in batch.results]
    assert seen == list(range(1, len(seen) + 1))
    assert len(slow) <= TIME_OUTS


def test_a_slice_that_takes_too_long_in_all_fails(serve, source, between, pace):
    """Every answer is just in time."""
    slow = SlowActiveData(spread(), pace, per_hour=1.4)
    with serve(slow) as server:
        with pytest.raises(SourceTooSlow, match="minutes for this slice and is not done"):
            list(source(server, patience=Patience(comfort=.05 * pace, per_slice=pace)).results(
                between(START, END)))
    assert len(slow.spans) < 30


def test_jobs_that_are_too_many_to_answer_for_are_asked_in_smaller_groups(
    serve, make_http, patience
):
    small, sizes = SmallActiveData(spread()), []

    def script(request):
        ids, = [each["in"]["job.id"] for each in json.loads(request.body)["where"]["and"]
                if "in" in each]
        sizes.append(len(ids))
        return Reply(504) if len(ids) > 100 else small(request)

    with serve(script) as server:
        activedata = ActiveData(make_http(slow_after=5), server.url, patience=patience)
        batches = list(activedata.present("autoland", [str(each) for each in range(1, 301)]))
    assert sizes == [300, 150, 75, 75, 150, 75, 75]
    assert [int(each.job_id) for batch in batches for each in batch.results] == list(range(1, 241))
