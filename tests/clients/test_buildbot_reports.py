"""The reporter in a real Buildbot master with a local worker."""

import re

import pytest

pytestmark = pytest.mark.slow


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
