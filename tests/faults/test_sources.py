"""Sources that answer badly, and then well again."""

import random
from dataclasses import replace

import pytest
from fault_world import fault, run_seta
from fault_world.ci import Source, activedata_rows, count, current, settings_for, stored
from loopback.scripted import Reply, scripted

PUSHES = 60
BAD_FROM = 4      # the first query that is answered badly


@pytest.fixture(scope="module")
def rows(newest):
    return activedata_rows(PUSHES, newest=newest)


@pytest.fixture(scope="module")
def undisturbed(new_database, rows):
    """What is stored from a source that answers well."""
    with scripted(Source(rows)) as server:
        url = new_database("autoland")
        run_seta("ingest", database=url, **settings_for(server.url))
    return stored(url)


def ingest_badly_then_well(url: str, source: Source, bad) -> str:
    """Ingest from a source that answers badly from some query on; then again; return its log."""
    source.answer = lambda number, good: bad(good) if number >= BAD_FROM else good
    with scripted(source) as server:
        failed = run_seta("ingest", database=url, fails=True, **settings_for(server.url))
        assert not failed.has_traceback, failed.log
        assert count(url, "SELECT count(*) FROM runs WHERE status = 'failed'") == 1
        assert count(url, "SELECT count(*) FROM watermarks WHERE succeeded_at IS NOT NULL") == 0
        source.answer = lambda number, good: good
        run_seta("ingest", database=url, **settings_for(server.url))
    return failed.log.splitlines()[-1]


@fault("a source cuts its answers off in the middle",
       expected="the run fails and says so, nothing counts as fresh; the next run gives what an "
                "undisturbed one gives")
def test_a_source_that_cuts_off(new_database, rows, undisturbed, seen):
    url = new_database("autoland")
    ingest_badly_then_well(url, Source(rows), lambda good: replace(
        good, body=good.body[:len(good.body) // 2], length=len(good.body)))
    assert stored(url) == undisturbed
    seen(f"The run failed; the next one completed {len(rows)} results.")


@fault("a source answers something else: half a document, a page, another shape",
       expected="the run fails and says so, nothing counts as fresh; the next run gives what an "
                "undisturbed one gives")
def test_a_source_that_garbles(new_database, rows, undisturbed, seen):
    url, number = new_database("autoland"), iter(range(10_000))
    kinds = [lambda good: replace(good, body=good.body[:-9]),
             lambda good: Reply(body=b"<html>Welcome</html>", content_type="text/html"),
             lambda good: Reply(body=b'{"data": 7}')]
    ingest_badly_then_well(
        url, Source(rows), lambda good: kinds[next(number) % len(kinds)](good))
    assert stored(url) == undisturbed
    seen(f"The run failed; the next one completed {len(rows)} results.")


@fault("a source is slow: each answer keeps one waiting, and some trickle",
       expected="the run takes longer and gives what an undisturbed one gives")
def test_a_source_that_is_slow(new_database, rows, undisturbed, seen):
    url, source = new_database("autoland"), Source(rows)
    source.answer = lambda number, good: replace(
        good, waits=.15, trickles=.00001 if number % 8 == 0 else 0)
    with scripted(source) as server:
        slow = run_seta("ingest", database=url, **settings_for(server.url))
    assert stored(url) == undisturbed
    seen(f"{source.queries} queries took {slow.seconds:.1f} s in all.")


@fault("a source changes between any two requests: jobs are starred, stars are taken back",
       expected="after the last change, the next run knows for every job what the source says")
def test_a_source_that_changes(new_database, newest, seen):
    rows = activedata_rows(PUSHES, newest=newest)
    chance, source = random.Random(6), Source(rows)
    modified = int(newest.timestamp()) + 1200

    def change(number: int, good: Reply) -> Reply:
        for row in chance.sample(rows, 5):
            row["last_modified"] = modified + number
            if row["failure.classification"] == "fixed by commit":
                row["failure.classification"] = "not classified"
                row.pop("failure.notes.text")
            else:
                row |= {"run.result": "testfailed", "failure.classification": "fixed by commit",
                        "failure.notes.text": f"{number:012x}",
                        "failure.notes.created": modified + number,
                        "failure.notes.failure_classification": "fixed by commit"}
        return good

    url, last = new_database("autoland"), new_database("autoland")
    source.answer = change
    with scripted(source) as server:
        for _ in range(2):
            run_seta("ingest", database=url, **settings_for(server.url))
        source.answer = lambda number, good: good
        for each in (url, last):
            run_seta("ingest", database=each, **settings_for(server.url))
    assert current(url) == current(last)
    seen(f"{source.queries} queries with 5 changes before each; all {len(rows)} jobs are known as "
         "they are.")
