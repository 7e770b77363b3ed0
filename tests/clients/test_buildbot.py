"""The scheduler in a real Buildbot master with a local worker, and a SETA that answers."""

import pytest

pytestmark = pytest.mark.slow


def test_the_low_value_builder_waits_until_a_full_change(make_master, seta, until):
    """R76: what was skipped stays visible as a request that waits, on its own change."""
    master = make_master(seta.url)
    master.start()
    seta.full = "3"
    for digit in "12":
        master.change(digit)
        until(lambda: {f"ui {digit} success", f"unit {digit} success"} <= set(master.requests()))
    until(lambda: master.requests() == [
        "docs 1 replaced", "docs 2 waits",
        "ui 1 success", "ui 2 success", "unit 1 success", "unit 2 success"])
    master.change("3")
    until(lambda: master.requests() == [
        "docs 1 replaced", "docs 2 replaced", "docs 3 success",
        "ui 1 success", "ui 2 success", "ui 3 success",
        "unit 1 success", "unit 2 success", "unit 3 success"])

    asked = seta.asked("PUT", "/schedule")
    assert [request.path.split("/")[-2] for request in asked] == [d * 40 for d in "123"]
    assert asked[0].json["revision"] == "1" * 40 and asked[0].json["build_system"] == "buildbot"
    assert asked[0].headers["authorization"] == "Bearer token-of-the-test"


def test_what_is_owed_runs_when_no_change_comes(make_master, seta, until):
    """R12: a timer fires, so that the tail of a burst is tested, on its newest change, once."""
    master = make_master(seta.url)
    master.configure(("ask_every=0.3", "ask_every=0.3, audit_every=0.3"))
    master.start()
    for digit in "12":
        master.change(digit)
    until(lambda: "docs 2 waits" in master.requests())
    seta.owed = ["docs", "of-another-master"]
    until(lambda: "docs 2 success" in master.requests())
    told = until(lambda: seta.asked("POST", "/due"))
    assert told[0].json == {"build_system": "buildbot", "push_id": "2" * 40}

    seta.owed = ["docs"]  # said again, although nothing waits
    master.change("3")
    until(lambda: "docs 3 success" in master.requests())
    assert [each for each in master.requests() if each.startswith("docs")] == [
        "docs 1 replaced", "docs 2 replaced", "docs 2 success",
        "docs 3 replaced", "docs 3 success"]

    # An audit runs on its own, older change. One of a change that nobody knows is left alone.
    push = {"push_id": "1" * 40, "revision": "1" * 40, "pushed_at": "2026-03-01T12:00:00Z",
            "jobs": ["docs", "of-another-master"]}
    seta.taken = {"push_id": "1" * 40, "jobs": push["jobs"]}
    seta.audits = {"pushes": [push | {"push_id": "9" * 40, "revision": "9" * 40}, push]}
    until(lambda: seta.asked("POST", "/audits"))
    seta.audits = {"pushes": []}
    until(lambda: "docs 1 success" in master.requests())
    assert {each.json["push_id"] for each in seta.asked("POST", "/audits")} == {"1" * 40}


def test_what_waits_outlives_the_master(make_master, seta, until):
    """R17: nothing that waits is lost over a restart, nor started by it."""
    master = make_master(seta.url)
    master.start()
    master.change("1")
    done = ["docs 1 waits", "ui 1 success", "unit 1 success"]
    until(lambda: master.requests() == done)
    master.stop()
    master.start()
    asked = len(seta.asked("GET", "/due"))
    until(lambda: len(seta.asked("GET", "/due")) > asked + 2)
    assert master.requests() == done
    seta.owed = ["docs"]
    until(lambda: master.requests() == [
        "docs 1 replaced", "docs 1 success", "ui 1 success", "unit 1 success"])


NOTE_READS = """
import sys
from buildbot.data.connector import DataConnector
from buildbot.db.buildsets import BuildsetsConnectorComponent
from buildbot.db.schedulers import SchedulersConnectorComponent


def note(kind, name, what):
    original = getattr(kind, name)

    def noting(self, *args, **kwargs):
        caller = sys._getframe(1).f_code.co_filename
        if caller.endswith(("held_requests.py", "scheduler.py")):
            with open(f"{basedir}/notes", "a") as file:
                file.write(what)
        return original(self, *args, **kwargs)

    setattr(kind, name, noting)


note(DataConnector, "get", "r")
note(BuildsetsConnectorComponent, "getBuildsets", "r")
note(SchedulersConnectorComponent, "flushChangeClassifications", "\\n")
"""


def test_the_cost_of_a_change_does_not_grow_with_what_waits(make_master, seta, until):
    """The database is not asked again about each request that waits for a worker."""
    master = make_master(seta.url)
    master.configure(
        ('worker.LocalWorker("local")', 'worker.Worker("local", "never-comes")'),
        ("c = BuildmasterConfig", NOTE_READS + "\nc = BuildmasterConfig"),
        ('"title": "Sample"', '"title": "Sample", "collapseRequests": False'),
        ("ask_every=0.3", "ask_every=9999"))
    master.start()
    for digit in "12345678":
        master.change(digit)
    notes = master.folder / "sample" / "notes"
    until(lambda: notes.exists() and notes.read_text().count("\n") == 8)
    reads = [len(line) for line in notes.read_text().splitlines()]
    assert reads[7] <= reads[2], reads


def test_people_force_what_waits(make_master, seta, until):
    """R76: a forced build runs beside the request that waits, and counts for its change."""
    master = make_master(seta.url)
    master.start()
    master.change("1")
    until(lambda: "docs 1 waits" in master.requests())
    docs = next(each["builderid"] for each in master.api("builders")["builders"]
                if each["name"] == "docs")
    master.api("forceschedulers/force", "force", builderid=str(docs), revision="1" * 40,
               reason="look")
    until(lambda: {"docs 1 waits", "docs 1 success"} <= set(master.requests()))
    forced = until(lambda: [each for each in seta.records
                            if each["kind"] == "result" and each["name"] == "docs"])
    assert forced[0]["push_id"] == "1" * 40


def test_a_run_in_the_queue_is_not_replaced_by_one_that_waits(make_master, seta, until):
    """Or a run that was due would be lost to a newer change on which it is not."""
    master = make_master(seta.url)
    master.configure(('LocalWorker("local")', 'LocalWorker("local", max_builds=1)'),
                     ("sleep 0.1", "until test -e {basedir}/go; do sleep 0.1; done"))
    seta.full = "81"
    master.start()
    master.change("8")
    until(lambda: any(each.endswith("8 runs") for each in master.requests()))
    for digit in "12":
        master.change(digit)
    until(lambda: {"docs 1 waits", "docs 2 waits"} <= set(master.requests()))
    (master.folder / "sample" / "go").touch()
    until(lambda: {"docs 1 success", "ui 2 success", "unit 2 success"} <= set(master.requests()))
    assert "docs 2 waits" in master.requests()


def test_builders_without_hold_back_run_everything(make_master, seta, until):
    master = make_master(seta.url)
    master.configure(("nextBuild=hold_back()", "nextBuild=None"))
    master.start()
    master.change("1")
    until(lambda: master.requests() == ["docs 1 success", "ui 1 success", "unit 1 success"])
