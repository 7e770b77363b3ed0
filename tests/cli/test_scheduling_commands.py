"""Overrides, renames, classifications, exports and the doctor, as commands."""

import json
import threading

import pytest
from werkzeug.serving import make_server

from seta.config import Settings
from seta.store.engine import make_engine, make_sessions
from seta.wsgi import build_app

SCOPE = ("--scope", "demo-talos-2014")
G1 = "Windows 7 32-bit mozilla-inbound talos g1"


def priority_of(seta, name: str) -> tuple[int, str]:
    found = json.loads(seta.good("jobs", "--project", "mozilla-inbound", "--name", name, "--json"))
    (job,) = found["jobs"]
    return job["decided"]["priority"], job["decided"]["reason"]


def test_an_override_is_shown_obeyed_listed_and_ended(demo):
    """R53, R57: set through a command with who and why, and taken back."""
    wanted = ("overrides", "add", *SCOPE, "--test-suite", "talos-g1", "--never-skip",
              "--reason", "the graphics team asked")
    code, out, err = demo(*wanted, "--dry-run")
    assert code == 0 and "44" in out and "nothing was" in err
    assert json.loads(demo.good("overrides", "list", *SCOPE, "--json")) == []
    before = priority_of(demo, G1)
    assert before[0] != 1

    demo.good(*wanted)
    demo("analyze", *SCOPE, max_change=1.0)
    assert priority_of(demo, G1) == (1, "forced: never skip")
    (listed,) = json.loads(demo.good("overrides", "list", *SCOPE, "--json"))
    assert not listed["picks_nothing"]

    demo.good("overrides", "end", str(listed["override"]["id"]), "--why", "no longer")
    demo("analyze", *SCOPE, max_change=1.0)
    assert priority_of(demo, G1) == before


def test_a_file_of_overrides_is_taken_whole_or_not_at_all(demo, tmp_path):
    """R54: the mistake is named, and nothing of the file is stored."""
    path = tmp_path / "overrides.json"
    good = {"platform": "windows*", "priority": 1, "reason": "x"}
    path.write_text(json.dumps([good, {**good, "priority": 9}]))
    code, _, err = demo("overrides", "apply", *SCOPE, str(path))
    assert code == 2 and "entry 2" in err and "9" in err
    assert json.loads(demo.good("overrides", "list", *SCOPE, "--json")) == []

    path.write_text(json.dumps([good, {**good, "platform": "beos"}]))
    code, _, err = demo("overrides", "apply", *SCOPE, str(path))
    assert code == 0 and "beos/*-* matches no job that is alive now" in err


def test_a_rename_is_shown_before_it_is_stored(demo):
    """R30: platform upgrades carry history."""
    wanted = ("renames", "add", *SCOPE, "--old-platform", "osx-10-6", "--new-platform", "osx-10-8",
              "--why", "the machines were replaced")
    code, out, err = demo(*wanted, "--dry-run")
    assert code == 0 and "osx-10-8/opt-talos-tp5o" in out and "nothing was stored" in err
    demo.good(*wanted)
    assert "osx-10-8" in demo.good("renames", "list", *SCOPE)
    demo.good("renames", "end", "1")
    assert "osx-10-8" not in demo.good("renames", "list", *SCOPE)


def test_a_failed_job_is_classified_and_taken_back(demo):
    job = ("classify", "--namespace", "alert_manager", "--job-id")
    known = json.loads(demo.good("jobs", "--project", "mozilla-inbound", "--json"))
    assert known["jobs"]
    code, _, err = demo(*job, "no-such-job", "--intermittent")
    assert code == 1 and "no-such-job" in err
    code, _, err = demo("classify", "--intermittent", "--project", "mozilla-inbound")
    assert code == 2 and "--name" in err
    code, _, err = demo("classify", "--job-id", "1", "--intermittent", "--take-back")
    assert code == 2 and "one of --fixed-by" in err


def test_a_list_is_exported_with_what_may_be_skipped(demo, tmp_path):
    path = tmp_path / "low.json"
    demo.good("export", "--project", "autoland", "--format", "taskcluster", "--output", str(path))
    exported = json.loads(path.read_text())
    assert exported["action"] == "skip" and len(exported["jobs"]) == 135

    held = json.loads(demo.good("export", "--project", "mozilla-inbound", "--format", "buildbot"))
    assert held[G1] in ([5, 5400], [10, 10800])


def test_nothing_is_exported_while_everything_runs(demo):
    demo.good("projects", "set", "autoland", "--kill")
    code, out, err = demo("export", "--project", "autoland")
    assert code == 1 and out == "" and "kill switch" in err


@pytest.fixture
def server(demo):
    settings = Settings(database_url=demo.settings.database_url)
    engine = make_engine(settings.database_url)
    server = make_server("127.0.0.1", 0, build_app(settings, make_sessions(engine)),
                         threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    engine.dispose()


def test_the_doctor_says_what_a_client_would_skip_and_why(demo, server):
    text = demo.good("doctor", "--client", "taskgraph", "--url", server, "--project", "autoland")
    assert "run everything on a push to autoland now" in text and "has never run here" in text
    assert "the legacy API lists 135 low-value jobs" in text


def test_the_doctor_fails_where_a_client_would_get_no_answer(demo):
    code, out, err = demo("doctor", "--client", "buildbot", "--url", "http://127.0.0.1:9",
                          "--project", "mozilla-inbound")
    assert code == 1
    assert "no usable answer" in out and "would run everything on mozilla-inbound" in err
