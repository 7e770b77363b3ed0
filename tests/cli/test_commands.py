"""The commands as a person and a program use them, on a real database."""

import io
import json
import subprocess
import sys

import pytest

from seta.cli.commands import COMMANDS

RESULT = {
    "kind": "result", "namespace": "ci", "project": "trunk-ci", "build_system": "taskcluster",
    "pushed_at": "2026-03-01T09:00:00Z",
}


def failed(job_id: str, name: str, fix: str) -> dict:
    return {**RESULT, "job_id": job_id, "name": name, "revision": "a" * 40,
            "result": "testfailed", "classification": "fixed by commit", "fixed_by": [fix]}


def listed(name: str) -> dict:
    return {"kind": "job", "project": "trunk-ci", "build_system": "taskcluster", "name": name,
            "seen_at": "2026-03-01T08:00:00Z"}


MOCHITEST, XPCSHELL, REFTEST = (f"test-linux64/opt-{suite}"
                                for suite in ("mochitest-1", "xpcshell", "reftest-1"))


@pytest.fixture
def history(tmp_path):
    """A file in which mochitest alone catches all, xpcshell one of it, and reftest nothing."""
    records = [
        failed("1", MOCHITEST, "1" * 12), failed("2", MOCHITEST, "2" * 12),
        failed("3", XPCSHELL, "2" * 12), *map(listed, (MOCHITEST, XPCSHELL, REFTEST)),
    ]
    path = tmp_path / "history.ndjson"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return str(path)


@pytest.fixture
def analyzed(seta, history):
    seta.good("import", "--scope", "old", "--archived", history)
    seta.good("analyze", "--scope", "old")
    return seta


def test_the_help_names_every_command_and_each_has_a_help_of_its_own(seta):
    text = seta.good("--help")
    for name, (_, says) in COMMANDS.items():
        assert name in text and says in text
        assert "Usage: seta" in seta.good(name, "--help")


@pytest.mark.parametrize("arguments, code, says", [
    pytest.param(["nonsense"], 2, "nonsense", id="no such command"),
    pytest.param(["import"], 2, "no FILES given", id="no files"),
    pytest.param(["import", "missing.ndjson"], 2, "missing.ndjson", id="no such file"),
    pytest.param(["analyze", "--scope", "nope"], 1, "'nope'", id="no such scope"),
    pytest.param(["analyze", "--as-of", "soon"], 2, "'soon'", id="no time"),
    pytest.param(["analyze", "--as-of", "2999-01-01"], 2, "2999", id="the future"),
    pytest.param(["projects", "set", "nope"], 1, "'nope'", id="no such project"),
    pytest.param(["projects", "add", "a b"], 2, "'a b'", id="no name of a project"),
    pytest.param(["projects", "add", "x", "--priority-2", "5"], 2, "PUSHES/MINUTES", id="no limit"),
    pytest.param(["projects", "add", "x", "--priority-2", "0/9"], 2, "0/9", id="limit of nothing"),
    pytest.param(["snapshots", "show", "77"], 1, "77", id="no such snapshot"),
    pytest.param(["jobs"], 2, "--project", id="jobs of no project"),
    pytest.param(["jobs", "--project", "nope"], 1, "'nope'", id="jobs of an unknown project"),
    pytest.param(["ingest", "--source", "ftp"], 2, "'ftp'", id="no such source"),
    pytest.param(["ingest", "--to", "2026-01-01"], 2, "--from", id="to without from"),
    pytest.param(["ingest"], 2, "projects add", id="nothing to ingest"),
])
def test_what_is_wrong_is_named_and_tells_in_the_exit_code(seta, arguments, code, says):
    got, out, err = seta(*arguments)
    assert got == code
    assert says in err
    assert "Traceback" not in err


def test_an_import_can_be_repeated_and_tells_what_is_assumed(seta, history):
    first = seta.good("import", "--scope", "old", "--archived", history)
    assert "3 results (3 new, 0 changed) and 3 job list entries of trunk-ci" in first
    assert "classifications without a time of their own, dated by their push: 3" in first
    again = seta.good("import", "--scope", "old", "--archived", history)
    assert "3 results (0 new, 0 changed)" in again


def test_a_bad_line_is_numbered_and_the_rest_goes_in(seta, tmp_path):
    path = tmp_path / "bad.ndjson"
    path.write_text(json.dumps(listed(MOCHITEST)) + "\n{broken\n" + json.dumps(listed(XPCSHELL)))
    code, out, err = seta("import", str(path))
    assert code == 1
    assert f"{path}, line 2" in err and "1 bad line was left out" in err
    assert "2 job list entries" in out

    code, _, err = seta("import", "--strict", str(path))
    assert code == 2 and "line 2" in err


def test_standard_input_is_a_file_too(seta, monkeypatch):
    body = io.TextIOWrapper(io.BufferedReader(io.BytesIO(json.dumps(listed(MOCHITEST)).encode())))
    monkeypatch.setattr(sys, "stdin", body)
    assert "1 job list entry of" in seta.good("import", "-")


def test_the_schema_is_printed(seta):
    assert "result" in json.loads(seta.good("import", "--schema"))["$defs"]


def test_analyze_prints_the_set_the_bound_and_the_comparison(seta, history):
    """R38: an in-sample share is never called a detection rate."""
    seta.good("import", "--scope", "old", "--archived", history)
    text = seta.good("analyze", "--scope", "old", "--compare")
    assert "1 of 3 job types, run on every push, catch 2 of the 2 regressions" in text
    assert "measured on the same data; not a prediction" in text and "detect" not in text
    assert "proven: no other set costs less" in text
    assert "greedy by cost" in text and "drop-one pass, worst of ten orders" in text


def test_what_a_push_costs_stands_beside_the_set(analyzed):
    """One push is known, and the first of all runs everything."""
    snapshot = json.loads(analyzed.good("snapshots", "list", "--scope", "old", "--json"))[0]["id"]
    lines = analyzed.good("snapshots", "show", str(snapshot)).splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("a push of"))
    assert lines[head + 1].split() == ["trunk-ci", "3", "jobs", "1", "jobs", "3", "jobs", "0%"]


def test_a_dry_run_stores_nothing(seta, history):
    """R70: a dry run everywhere."""
    seta.good("import", "--scope", "old", "--archived", history)
    assert "dry run" in seta.good("analyze", "--scope", "old", "--dry-run")
    assert json.loads(seta.good("snapshots", "list", "--scope", "old", "--json")) == []


def test_jobs_are_listed_with_priority_and_reason(analyzed):
    found = json.loads(analyzed.good("jobs", "--project", "trunk-ci", "--json"))
    assert [(each["name"], each["decided"]["priority"], each["decided"]["reason"])
            for each in found["jobs"]] == [
        (MOCHITEST, 1, "chosen"), (XPCSHELL, 2, "covered"), (REFTEST, 3, "caught nothing")]
    assert found["jobs"][0]["decided"]["certificate"]["needed_for"] == ["1" * 12, "2" * 12]
    one = analyzed.good("jobs", "--project", "trunk-ci", "--name", "*xpcshell*")
    assert XPCSHELL in one and MOCHITEST not in one


def test_names_that_cannot_be_parsed_are_listed(seta, tmp_path):
    """R29: unparsed jobs run, and are counted and listed."""
    path = tmp_path / "odd.ndjson"
    path.write_text(json.dumps(listed("Gecko Decision Task")) + "\n")
    seta.good("import", str(path))
    assert "Gecko Decision Task" in seta.good("jobs", "--unparsed")


def test_a_publication_by_hand_stops_automatic_ones_until_released(analyzed):
    analyzed.good("analyze", "--scope", "old")
    listed = json.loads(analyzed.good("snapshots", "list", "--scope", "old", "--json"))
    first, second = listed[1]["id"], listed[0]["id"]
    assert listed[0]["is_published"]

    assert f"snapshot {first} " in analyzed.good(
        "snapshots", "rollback", "--scope", "old", "--why", "the newer one is odd")
    code, _, err = analyzed("analyze", "--scope", "old")
    assert code == 1 and "held back" in err and "the newer one is odd" in err

    assert "resumes automatic publication" in analyzed.good(
        "snapshots", "publish", str(second), "--why", "it was fine")
    analyzed.good("snapshots", "release", "--scope", "old")
    assert "published" in analyzed.good("analyze", "--scope", "old")
    assert "0 job types changed" in analyzed("snapshots", "diff", str(first), str(second))[2]


def test_projects_are_added_changed_and_shown(seta):
    """R16: the cadence is changed without a deployment."""
    seta.good("projects", "add", "autoland")
    seta.good("projects", "set", "autoland", "--priority-2", "7/60", "--kill",
              "--why", "tree is red")
    found = json.loads(seta.good("projects", "list", "--json"))
    assert found[0]["cadence"]["priority_2"] == {"pushes": 7, "minutes": 60}
    assert found[0]["is_killed"] and not found[0]["cadence"]["is_staggered"]
    assert "7 pushes / 60 min" in seta.good("projects", "list")
    seta.good("projects", "set", "autoland", "--staggered")
    found = json.loads(seta.good("projects", "list", "--json"))
    assert found[0]["cadence"]["is_staggered"]
    assert found[0]["cadence"]["priority_2"] == {"pushes": 7, "minutes": 60}
    assert "by turns" in seta.good("projects", "list")


def test_the_demo_is_loaded_once_and_removed_whole(seta):
    first = seta.good("demo")
    assert "Talos regressions of 2014" in first and "proven" in first
    again = seta.good("demo")
    assert "(0 new, 0 changed)" in again
    assert len(json.loads(seta.good("snapshots", "list", "--scope", "demo-talos-2014", "--json"))
               ) == 1
    seta.good("demo", "--remove")
    assert json.loads(seta.good("projects", "list", "--json")) == []


def test_a_real_project_and_the_demos_are_kept_apart(demo):
    for arguments in (["projects", "add", "autoland"], ["ingest", "--project", "autoland"]):
        code, _, err = demo(*arguments)
        assert code == 1 and "seta demo --remove" in err
    demo.good("demo", "--remove")
    demo.good("projects", "add", "autoland")
    code, _, err = demo("demo")
    assert code == 1 and "'autoland'" in err


def test_an_unreachable_source_is_a_failure_that_names_it(seta):
    """R25: an outage is never an empty answer."""
    seta.good("projects", "add", "autoland", "--source", "treeherder")
    code, _, err = seta("ingest", treeherder_url="http://127.0.0.1:9")
    assert code == 1
    assert "127.0.0.1:9" in err and "autoland" in err


def test_a_project_says_from_the_start_which_source_feeds_it(seta):
    assert "its results come from activedata" in seta.good("projects", "add", "autoland")
    assert "its results come from files and posts" in seta.good(
        "projects", "add", "mine", "--source", "files")
    assert "come from files and posts" in seta.good("projects", "add", "also-mine", source="none")
    listed = json.loads(seta.good("projects", "list", "--json"))
    assert {each["name"]: each["source"] for each in listed} == {
        "autoland": "activedata", "mine": "files", "also-mine": "files"}
    assert "its results come from treeherder" in seta.good(
        "projects", "set", "mine", "--source", "treeherder")
    assert "treeherder" in seta.good("projects", "list")
    assert seta("projects", "set", "mine", "--source", "demo")[0] == 2


def test_a_project_that_files_feed_is_never_asked_from_a_live_source(seta):
    seta.good("projects", "add", "mine", "--source", "files")
    for arguments in ([], ["--source", "treeherder"]):
        code, _, err = seta("ingest", *arguments, treeherder_url="http://127.0.0.1:9")
        assert code == 2 and "no project takes its results from" in err
        code, _, err = seta("ingest", "--project", "mine", *arguments,
                            treeherder_url="http://127.0.0.1:9")
        assert code == 1
        assert "'mine' takes its results from files and posted results, not from" in err
        assert "seta projects set mine --source" in err


def test_a_project_without_results_may_be_given_the_source_of_its_first_ones(seta):
    seta.good("projects", "add", "autoland")   # by default from activedata
    code, _, err = seta("ingest", "--project", "autoland", "--source", "treeherder",
                        treeherder_url="http://127.0.0.1:9")
    assert code == 1 and "treeherder" in err
    assert "autoland: its results come from treeherder from now on; there were none from " \
        "activedata" in err
    listed = json.loads(seta.good("projects", "list", "--json"))
    assert [each["source"] for each in listed] == ["treeherder"]


def test_a_dry_run_of_an_ingest_shows_the_slices(seta):
    seta.good("projects", "add", "autoland")
    code, out, err = seta("ingest", "--dry-run", "--from", "2026-01-01", "--to", "2026-01-02")
    assert code == 0
    assert len([line for line in out.splitlines() if "autoland by push" in line]) == 6
    assert "dry run: 6 slices would be requested" in err


def test_tables_of_another_version_are_refused_with_the_command_to_run(seta, make_database):
    empty = make_database()
    code, _, err = seta("projects", "list", database_url=empty)
    assert code == 1 and "seta db upgrade" in err
    assert "version" in seta.good("db", "upgrade", database_url=empty)
    seta.good("projects", "list", database_url=empty)


def test_a_database_that_cannot_be_had_is_named_without_its_password(seta):
    code, _, err = seta("projects", "list",
                        database_url="postgresql+psycopg2://me:hunter2@127.0.0.1:9/x")
    assert code == 1
    assert "127.0.0.1:9" in err and "hunter2" not in err


def test_a_token_is_shown_once_with_the_hash_for_the_setting(seta):
    text = seta.good("token", "ann")
    assert "SETA_TOKENS: ann=" in text


def test_it_runs_as_a_module_and_a_wrong_setting_stops_it():
    done = subprocess.run([sys.executable, "-m", "seta", "projects", "list"], text=True,
                          capture_output=True, env={"PORT": "none", "PATH": ""})
    assert done.returncode == 2
    assert done.stderr == ("seta: PORT is 'none'; expected a whole number from 1 to 65535\n")
