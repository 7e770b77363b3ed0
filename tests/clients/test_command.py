"""`seta-what-runs`: what it prints, and what it does when anything goes wrong."""

import io
import json
import logging
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from seta.clients import command

PUSH = ["--project", "sample", "--revision", "ab12", "--push-id", "7",
        "--pushed-at", "2026-03-02T10:00:00+02:00"]
JOBS = ["lint", "unit", "ui"]
PAGE = Path(__file__).parents[2] / "docs" / "how-to-any-ci.md"


@pytest.fixture
def run(capsys, monkeypatch):
    """Run the command in this process; return its exit code, its output and its errors."""
    def call(*arguments, given=""):
        monkeypatch.setattr(logging.root, "handlers", [])  # those of the tests
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        try:
            code = command.main(arguments)
        except SystemExit as end:
            code = end.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err
    return call


@pytest.fixture
def names(tmp_path):
    path = tmp_path / "jobs"
    path.write_text("\n".join(JOBS), encoding="utf-8")
    return str(path)


def test_what_is_skipped_is_not_printed(run, serve, selective, names, monkeypatch):
    server = serve(serve.answer(201, selective(["lint"], ["ui"])))
    monkeypatch.setenv("SETA_TOKEN", "secret")
    code, out, err = run(*PUSH, "--jobs", names, "--url", server.url)
    assert (code, out) == (0, "lint\nunit\n")   # a job that SETA does not name runs
    assert "2 of 3 jobs run (selective); not due" in err
    (request,) = server.requests
    assert (request.method, request.path) == ("PUT", "/api/v1/projects/sample/pushes/7/schedule")
    assert request.json == {"revision": "ab12", "pushed_at": "2026-03-02T08:00:00+00:00",
                            "build_system": "taskcluster"}
    assert request.headers["authorization"] == "Bearer secret"


def test_the_json_says_why(run, serve, selective):
    server = serve(serve.answer(200, selective(["lint"], ["ui"])))
    _, out, _ = run(*PUSH, "--jobs", "-", "--json", "--url", server.url, given=json.dumps(JOBS))
    assert json.loads(out) == {
        "kind": "selective", "run": ["lint", "unit"], "skip": ["ui"], "reasons": ["not due"],
        "snapshot": 7, "failure": None}


def test_the_push_id_is_the_revision_unless_given(run, serve, selective, names):
    server = serve(serve.answer(200, selective(["lint"], ["ui"])))
    run("--project", "sample", "--revision", "ab12", "--pushed-at", "1580515200", "--preview",
        "--jobs", names, "--url", server.url)
    (request,) = server.requests
    assert request.method == "GET" and request.path.endswith("/pushes/ab12/schedule")
    assert request.query["pushed_at"] == "2020-02-01T00:00:00+00:00"


def test_what_is_to_run_for_audits_is_taken_and_printed(run, serve, monkeypatch):
    taken = {"7": ["ui"], "9": []}       # somebody else was quicker with push 9

    def answer(request):
        if request.method == "GET":
            return serve.answer(200, {"pushes": [
                {"push_id": "7", "revision": "ab", "pushed_at": "noon", "jobs": ["ui"]},
                {"push_id": "9", "revision": "cd", "pushed_at": "noon", "jobs": ["ui"]}]})
        push_id = request.json["push_id"]
        return serve.answer(200, {"push_id": push_id, "jobs": taken[push_id]})
    server = serve(answer)
    monkeypatch.setenv("SETA_TOKEN", "secret")
    code, out, _ = run("--project", "sample", "--audits", "--url", server.url)
    assert (code, json.loads(out)) == (
        0, {"push_id": "7", "revision": "ab", "pushed_at": "noon", "jobs": ["ui"]})
    assert [(each.method, each.path) for each in server.requests] == [
        (method, "/api/v1/projects/sample/audits") for method in ("GET", "POST", "POST")]
    assert server.requests[1].headers["authorization"] == "Bearer secret"


def test_without_an_answer_nothing_is_audited(run, serve):
    server = serve(serve.answer(404, {"detail": "no such route: an older SETA"}))
    code, out, err = run("--project", "sample", "--audits", "--url", server.url)
    assert (code, out) == (0, "")
    assert "did not say what is to run for audits" in err


@pytest.mark.parametrize("status, body", [
    pytest.param(404, {"detail": "unknown project"}, id="an error"),
    pytest.param(200, b"<html>", id="not JSON"),
    pytest.param(200, {"action": "run", "kind": "selective", "run": ["a"], "skip": JOBS,
                       "snapshot": 1, "reasons": []}, id="none of the jobs"),
])
def test_everything_runs_when_seta_cannot_say(run, serve, names, status, body):
    server = serve(serve.answer(status, body))
    code, out, err = run(*PUSH, "--jobs", names, "--url", server.url)
    assert (code, out.split()) == (0, JOBS)
    assert "everything runs on push 7 of sample" in err


def test_everything_runs_without_an_address_or_a_time(run, names):
    code, out, err = run(*PUSH, "--jobs", names)
    assert (code, out.split()) == (0, JOBS) and "SETA_URL" in err
    code, out, _ = run(*PUSH[:4], "--jobs", names, "--json")
    assert code == 0 and json.loads(out)["run"] == JOBS
    assert "--pushed-at" in json.loads(out)["failure"]


@pytest.mark.parametrize("arguments, given, named", [
    pytest.param([], "", "--jobs", id="nothing to do"),
    pytest.param(["--jobs", "no/such"], "", "no/such", id="no such file"),
    pytest.param(["--jobs", "-"], " \n", "names no job", id="no name"),
    pytest.param(["--jobs", "-"], '["a", 1]', "texts", id="a list of something else"),
    pytest.param(["--jobs", "-"], '["a"', "none", id="half of a list"),
    pytest.param(["--jobs", "-"], '["a\\nb"]', r"'a\nb'", id="a name of two lines"),
    pytest.param(["--jobs", "-", "--pushed-at", "soon"], "a", "'soon'", id="no time"),
])
def test_wrong_usage_is_named(run, arguments, given, named):
    code, out, err = run(*PUSH, *arguments, given=given)
    assert (code, out) == (2, "") and named in err


def test_results_are_sent_in_parts_and_each_is_accounted_for(run, serve, monkeypatch):
    monkeypatch.setattr(command, "BATCH", 2)
    monkeypatch.setenv("SETA_TOKEN", "secret")

    def answer(request):
        return serve.answer(200, {"accepted": len(request.records) - 1, "rejected": [
            {"line": 1, "reason": "odd"}]})
    server = serve(answer)
    code, out, err = run("--project", "sample", "--report", "-", "--url", server.url,
                         given='{"a": 1}\n\n{"a": 2}\n{"a": 3}\n')
    assert (code, out) == (0, "")
    assert [request.records for request in server.requests] == [[{"a": 1}, {"a": 2}], [{"a": 3}]]
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer secret"}
    assert "odd" in err and "took 1 of 3 records" in err


def test_a_report_that_cannot_be_sent_fails_nothing(run, serve):
    server = serve(serve.answer(401, {"detail": "writing needs a token"}))
    code, _, err = run("--project", "sample", "--report", "-", "--url", server.url, given="{}")
    assert code == 0
    assert "1 records were not sent" in err and "writing needs a token" in err


def test_it_runs_as_a_program(serve, selective, names):
    server = serve(serve.answer(201, selective(["lint"], ["ui"])))
    done = subprocess.run([sys.executable, "-m", "seta.clients.command", *PUSH, "--jobs", names,
                           "--url", server.url], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (0, "lint\nunit\n"), done.stderr


def shell_function():
    return re.search(r"```sh\n(what_runs\(\).*?)```", PAGE.read_text(encoding="utf-8"), re.S)[1]


@pytest.mark.skipif(not shutil.which("jq") or not shutil.which("curl"),
                    reason="the shell function needs curl and jq")
@pytest.mark.parametrize("status, changed, expected", [
    pytest.param(201, {}, ["lint", "unit"], id="selective"),
    pytest.param(201, {"fresh_until": "2999-01-01T00:00:00+00:00"}, ["lint", "unit"], id="fresh"),
    pytest.param(201, {"fresh_until": "2020-01-01T00:00:00+00:00"}, JOBS, id="stale"),
    pytest.param(201, {"fresh_until": "soon"}, JOBS, id="no time"),
    pytest.param(200, {"kind": "full"}, JOBS, id="full"),
    pytest.param(200, {"kind": "other"}, JOBS, id="of another kind"),
    pytest.param(200, {"run": []}, JOBS, id="runs nothing"),
    pytest.param(200, {"snapshot": None}, JOBS, id="of no snapshot"),
    pytest.param(200, {"skip": []}, JOBS, id="skips nothing"),
    pytest.param(200, {"skip": JOBS}, JOBS, id="skips all"),
    pytest.param(200, {"skip": "ui"}, JOBS, id="no list"),
    pytest.param(503, {}, JOBS, id="an error with an answer"),
])
def test_the_shell_function_of_the_how_to(serve, selective, names, status, changed, expected):
    server = serve(serve.answer(status, selective(["lint"], ["ui"]) | changed))
    done = subprocess.run(
        ["sh", "-euc", f"{shell_function()}\nwhat_runs {names} sample 7 ab12 2026-03-02T10:00:00Z"],
        capture_output=True, text=True, timeout=300, env={
            "PATH": "/usr/local/bin:/usr/bin:/bin", "SETA_URL": server.url, "SETA_TOKEN": "secret"})
    assert (done.returncode, done.stdout.split()) == (0, expected), done.stderr
    (request,) = server.requests
    assert request.json["revision"] == "ab12"


@pytest.mark.skipif(not shutil.which("jq") or not shutil.which("curl"),
                    reason="the shell function needs curl and jq")
def test_the_shell_function_prints_everything_when_nobody_answers(names, free_port):
    done = subprocess.run(
        ["sh", "-euc", f"{shell_function()}\nwhat_runs {names} sample 7 ab12 2026-03-02T10:00:00Z"],
        capture_output=True, text=True, timeout=300, env={
            "PATH": "/usr/local/bin:/usr/bin:/bin", "SETA_URL": f"http://127.0.0.1:{free_port}",
            "SETA_TOKEN": ""})
    assert (done.returncode, done.stdout.split()) == (0, JOBS)
