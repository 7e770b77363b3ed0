"""SIGKILL at random points: what is finished afterwards is what an undisturbed run gives."""

import time

from fault_world import LISTS, fault, kill_at_random, reading, run_seta, start_seta
from fault_world.ci import (
    Source, activedata_rows, count, records, settings_for, snapshot_of, stored, write,
)
from loopback.scripted import scripted

STARTED = .02     # seconds after which a command is at work, at the earliest


@fault("`seta ingest` is killed again and again",
       expected="nothing is lost or doubled; the next run gives what an undisturbed one gives")
def test_an_ingest_that_is_killed_ends_as_an_undisturbed_one(new_database, newest, seen):
    with scripted(Source(activedata_rows(140, newest=newest))) as server:
        settings = settings_for(server.url)
        undisturbed, url = new_database("autoland"), new_database("autoland")
        whole = run_seta("ingest", database=undisturbed, **settings)
        kills = kill_at_random(
            lambda: start_seta("ingest", database=url, **settings),
            first=STARTED, last=whole.seconds, seed=1)
        run_seta("ingest", database=url, **settings)

    assert kills.in_the_middle
    assert stored(url) == stored(undisturbed)
    seen(f"{kills}; {count(url, 'SELECT count(*) FROM job_results')} results, all as undisturbed.")


@fault("`seta import` is killed again and again",
       expected="nothing is lost or doubled; the next run gives what an undisturbed one gives")
def test_an_import_that_is_killed_ends_as_an_undisturbed_one(new_database, tmp_path, seen):
    file = write(tmp_path / "results.ndjson", records(600))  # of several batches
    undisturbed, url = new_database(), new_database()
    whole = run_seta("import", file, database=undisturbed)
    kills = kill_at_random(
        lambda: start_seta("import", file, database=url),
        first=STARTED, last=whole.seconds, seed=2)
    results = "SELECT count(*) FROM job_results"
    half = count(url, results)
    run_seta("import", file, database=url)

    assert kills.in_the_middle
    assert stored(url) == stored(undisturbed)
    seen(f"{kills}, after which {half:,} of {count(undisturbed, results):,} results were stored; "
         "all of them, as undisturbed, after one more run.")


@fault("`seta analyze` is killed again and again",
       expected="clients get the old lists or the new ones, whole; the next run gives what an "
                "undisturbed one gives")
def test_an_analysis_that_is_killed_leaves_no_half_snapshot(service, postgres, seen):
    url = postgres.url("seta_served")
    whole = run_seta("analyze", database=url)
    undisturbed = snapshot_of(url)
    with reading(service, LISTS) as answers:
        kills = kill_at_random(
            lambda: start_seta("analyze", database=url), first=STARTED, last=whole.seconds, seed=3)
        run_seta("analyze", database=url)

    assert kills.in_the_middle
    assert snapshot_of(url) == undisturbed != {}
    assert answers[LISTS].are_good, answers[LISTS].statuses
    assert len(answers[LISTS].bodies) == 1  # they are the same in every snapshot
    whole_ones = "(SELECT count(*) FROM snapshot_priorities p WHERE p.snapshot_id = s.id)"
    assert count(url, f"SELECT count(DISTINCT {whole_ones}) FROM snapshots s") == 1
    seen(f"{kills}; {count(url, 'SELECT count(*) FROM snapshots')} snapshots, none of them half; "
         f"clients had {answers[LISTS]}, all alike.")


@fault("`seta snapshots publish` is killed again and again",
       expected="clients get one snapshot's lists or the other's, never parts of both; what is "
                "published is in the history and in the audit log")
def test_a_publication_that_is_killed_is_done_or_not(service, postgres, seen):
    url = postgres.url("seta_served")
    first = count(url, "SELECT published_snapshot_id FROM scopes WHERE name = 'trunk'")
    override = ("overrides", "add", "--platform", "linux64", "--test-suite", "suite3", "--reason",
                "a second list", "--priority", "1")
    run_seta(*override, database=url)
    run_seta("analyze", database=url)
    second = count(url, "SELECT max(id) FROM snapshots")
    assert snapshot_of(url, first) != snapshot_of(url, second)

    published = [first, second]
    whole = run_seta("snapshots", "publish", first, "--why", "to and fro", database=url)

    def publish_the_other():
        published.reverse()
        return start_seta("snapshots", "publish", published[0], "--why", "to and fro",
                          database=url)

    with reading(service, LISTS) as answers:
        kills = kill_at_random(publish_the_other, first=STARTED, last=whole.seconds * 1.1, seed=4,
                               times=4)
        for each in (first, second):
            run_seta("snapshots", "publish", each, "--why", "to and fro", database=url)
            time.sleep(2.5)       # until every process serves it
    run_seta("snapshots", "release", "--why", "the to and fro is over", database=url)

    assert answers[LISTS].are_good, answers[LISTS].statuses
    assert len(answers[LISTS].bodies) == 2
    done = count(url, "SELECT count(*) FROM audit WHERE what = 'publish snapshot'")
    seen(f"{kills}; {done} publications are in the audit log; clients had {answers[LISTS]}, of "
         f"{len(answers[LISTS].bodies)} lists.")
