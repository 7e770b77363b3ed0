"""The scheduler and the reporter in a real Buildbot master with a local worker."""

import re

import pytest
from clients.buildbot_master import PATIENCE

pytestmark = pytest.mark.slow


@pytest.fixture
def seta(serve, selective):
    """Return a SETA that skips docs on each push but those in ``full``, and owes ``owed``."""
    def answer(request):
        if request.path == "/api/v1/results":
            server.records += request.records
            return serve.answer(200, {"accepted": len(request.records), "rejected": []})
        if request.path == "/api/v1/projects/sample-bot/due":
            owed, server.owed = server.owed, [] if request.method == "POST" else server.owed
            return serve.answer(200, {"jobs": owed, "push_id": "2" * 40, "reasons": ["time"]})
        if request.path == "/api/v1/projects/sample-bot/audits":
            return serve.answer(200, server.taken if request.method == "POST" else server.audits)
        if request.path.split("/")[-2][0] in server.full:
            return serve.answer(201, selective([], [], kind="full", reasons=["backstop"]))
        return serve.answer(201, selective(["unit", "ui"], ["docs", "of-another-master"]))

    server = serve(answer)
    server.full, server.owed, server.records = "", [], []
    server.audits, server.taken = {"pushes": []}, {"push_id": "", "jobs": []}
    return server


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


def test_a_seta_that_is_down_runs_everything(make_master, seta, serve, free_port, until):
    """R20, R21: at start, at a reconfiguration and at a change; then it comes back."""
    master = make_master(f"http://127.0.0.1:{free_port}")
    master.check_config()
    master.start()
    master.change("1")
    until(lambda: master.requests() == ["docs 1 success", "ui 1 success", "unit 1 success"])
    assert len(re.findall(f"everything runs on change 1 .{'1' * 40}", master.log())) == 1

    master.configure(('["unit", "ui", "docs"]', '["unit", "ui", "docs", "new"]'))
    master.reconfigure()
    master.change("2")
    until(lambda: {"docs 2 success", "new 2 success"} <= set(master.requests()))

    serve(seta.answer, port=free_port)
    master.change("3")
    until(lambda: {"docs 3 waits", "new 3 success", "ui 3 success", "unit 3 success"}
          <= set(master.requests()))


def test_what_waits_runs_when_seta_is_away_for_too_long(make_master, seta, until):
    master = make_master(seta.url)
    master.configure(("deadline=60", "deadline=1, hold_at_most=2"))
    master.start()
    master.change("1")
    until(lambda: "docs 1 waits" in master.requests())
    seta.stop()
    until(lambda: "docs 1 success" in master.requests())
    assert "SETA gave no answer for too long" in master.log()


@pytest.mark.parametrize("answer", [
    pytest.param({"status": 500}, id="broken"),
    pytest.param({"raw": b"HTTP/1.1 200 OK\r\n\r\n{" + b" " * 90, "pause": 0.1}, id="trickles"),
])
def test_a_hostile_seta_runs_everything(make_master, serve, until, answer):
    """R20: the change runs whole; what the answers can be is a table in test_asking_by_twisted."""
    master = make_master(serve(serve.answer(**answer)).url)
    master.configure(("deadline=60", "deadline=1"))
    master.start()
    master.change("1")
    until(lambda: master.requests() == ["docs 1 success", "ui 1 success", "unit 1 success"])
    assert f"everything runs on change 1 ({'1' * 40}), since SETA gave no answer" in master.log()


def test_an_answer_that_skips_every_builder_runs_everything(make_master, serve, selective, until):
    """R7: and of a SETA that runs others of this Buildbot it is obeyed."""
    answers = {"1": selective(["nobody"], ["unit", "ui", "docs"]),
               "2": selective(["nightly"], ["unit", "ui", "docs"])}
    master = make_master(serve(lambda request: serve.answer(
        201, answers.get(request.path.split("/")[-2][0], {"jobs": []}))).url)
    master.configure(("builder(name) for name in BUILDERS",
                      'builder(name) for name in [*BUILDERS, "nightly"]'),
                     ('name="force", builderNames=BUILDERS',
                      'name="force", builderNames=[*BUILDERS, "nightly"]'),
                     ('{"unit": 3', '{"nightly": 1, "unit": 3'))
    master.start()
    for digit, end in (("1", "success"), ("2", "waits")):
        master.change(digit)
        until(lambda: {f"{name} {digit} {end}" for name in ("docs", "ui", "unit")}
              <= set(master.requests()))
    until(lambda: master.requests() == [
        "docs 1 success", "docs 2 waits", "ui 1 success", "ui 2 waits",
        "unit 1 success", "unit 2 waits"])
    assert "everything runs on change 1" in master.log() and "none of the jobs here" in master.log()


def test_a_seta_that_hangs_is_waited_for_once(make_master, serve, until):
    """Changes are decided one after the other, so each would wait for those before it."""
    server = serve(serve.answer(raw=b"x", pause=PATIENCE))
    master = make_master(server.url)
    master.configure(("deadline=60", "deadline=2"))
    master.start()
    for digit in "123":
        master.change(digit)
    until(lambda: "docs 3 success" in master.requests())
    assert len(server.asked("PUT", "/schedule")) == 1
    assert master.log().count("did not answer in time before, so it is not asked") == 2


def test_no_change_waits_while_seta_is_asked_what_is_owed(make_master, seta, serve, until):
    answer = seta.answer
    seta.answer = lambda request: (serve.answer(raw=b"x", pause=PATIENCE)
                                   if request.path.endswith("/due") else answer(request))
    master = make_master(seta.url)
    master.configure(("deadline=60", f"deadline={2 * PATIENCE}"))
    master.start()
    master.change("1")
    until(lambda: seta.asked("GET", "/due"))
    master.change("2")
    until(lambda: "docs 2 waits" in master.requests())


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


def test_finished_builds_and_the_builders_are_reported(make_master, seta, until):
    master = make_master(seta.url)
    master.configure(("SetaReporter(", "SetaReporter(builds=['unit'], "))
    (master.folder / "sample" / "broken-ui").touch()
    seta.full = "1"
    master.start()
    master.change("1")
    until(lambda: len(seta.records) == 6)

    listed = [each for each in seta.records if each["kind"] == "job"]
    assert [each["name"] for each in listed] == ["docs", "ui", "unit"]
    assert listed[0] == {
        "kind": "job", "project": "sample-bot", "build_system": "buildbot", "name": "docs",
        "platform": "linux64", "build_type": "opt", "test_suite": "docs", "chunk": 0,
        "seen_at": listed[0]["seen_at"]}
    results = {each["name"]: each for each in seta.records if each["kind"] == "result"}
    assert {each["name"] for each in seta.records if each.get("is_build")} == {"unit"}
    assert {name: each["result"] for name, each in results.items()} == {
        "docs": "success", "ui": "testfailed", "unit": "success"}
    asked = seta.asked("PUT", "/schedule")[0].json
    assert results["ui"]["push_id"] == results["ui"]["revision"] == "1" * 40
    assert results["ui"]["pushed_at"] == asked["pushed_at"]
    sent = seta.asked("POST", "/results")[0].headers
    assert sent["content-type"] == "application/x-ndjson"
    assert sent["authorization"] == "Bearer token-of-the-test"


def test_results_wait_on_disk_until_seta_takes_them(make_master, seta, serve, until):
    """Over a restart too; and each comes once."""
    master = make_master(seta.url)
    master.start()
    until(lambda: seta.records)
    seta.stop()
    master.change("1")
    until(lambda: master.requests() == ["docs 1 success", "ui 1 success", "unit 1 success"])
    master.stop()
    seta.records.clear()

    serve(seta.answer, port=seta.port)
    master.start()
    results = until(lambda: [each for each in seta.records if each["kind"] == "result"])
    assert sorted(each["name"] for each in results) == ["docs", "ui", "unit"]
    until(lambda: list((master.folder / "sample/seta-reporter/sample-bot").iterdir()) == [])


def test_a_batch_that_is_never_taken_is_put_aside(make_master, serve, until):
    """The next one is sent all the same; the log says what was refused, and why."""
    posts = []

    def answer(request):
        if request.path != "/api/v1/results":
            return serve.answer(503)
        posts.append(request)
        return serve.answer(422 if len(posts) == 1 else 200, {
            "accepted": len(request.records) - 1, "rejected": [{"line": 2, "reason": "odd\n!"}]})

    master = make_master(serve(answer).url)
    master.start()
    until(lambda: posts)
    master.change("1")
    until(lambda: len(posts) > 1)
    folder = master.folder / "sample/seta-reporter/sample-bot"
    assert until(lambda: [each.name for each in folder.glob("*.refused")]) == [
        "000000000001.refused"]
    until(lambda: "is put aside: HTTP 422" in master.log()
          and "SETA rejected 1 of the records" in master.log())


def test_a_batch_is_kept_until_seta_accounts_for_it(make_master, serve, until):
    """Whatever else answers with a success or a redirect, such as a proxy, has not stored it."""
    answers = [
        ("no receipt", {"body": []}), ("no receipt", {"body": None}),
        ("no receipt", {"body": {"id": 7}}),
        ("no receipt for 3 records", {"body": {"accepted": 2, "rejected": []}}),
        ("no receipt", {"body": {"accepted": True, "rejected": [1, 2]}}),
        ("HTTP 202", {"status": 202, "body": {"accepted": 3, "rejected": []}}),
        ("HTTP 204", {"status": 204, "body": b""}),
        ("points to https://seta.example/api/v1/results", {
            "status": 308, "headers": {"Location": "https://seta.example/api/v1/results"}}),
    ]
    posts = []

    def answer(request):
        if request.path != "/api/v1/results":
            return serve.answer(503)
        posts.append(request.body)
        return serve.answer(**answers[min(len(posts), len(answers)) - 1][1])

    master = make_master(serve(answer).url)
    master.start()
    until(lambda: len(posts) > len(answers) + 2)
    assert len(set(posts)) == 1
    (batch,) = (master.folder / "sample/seta-reporter/sample-bot").iterdir()
    assert batch.name == "000000000001.ndjson"
    told = re.findall("SETA did not accept .*", master.log())
    assert all(reason in line for (reason, _), line in zip(answers[3:], told[-5:], strict=True))
    assert len(told) < len(posts)  # a reason is told once
