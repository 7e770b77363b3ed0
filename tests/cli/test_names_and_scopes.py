"""Scopes that do not exist, names as they are written, and what an override would give up."""

import json

import pytest

NAME = "mochitest [gpu] e10s"
RECORD = {"project": "odd", "build_system": "own", "platform": "linux64", "build_type": "opt",
          "chunk": 0}
WHY = ("--why", "a test")


@pytest.mark.parametrize("arguments", [
    ["analyze"], ["snapshots", "list"], ["snapshots", "rollback", *WHY], ["snapshots", "release"],
    ["overrides", "list"],
    ["overrides", "add", "--platform", "x", "--priority", "1", "--reason", "x"],
    ["overrides", "add", "--platform", "x", "--priority", "1", "--reason", "x", "--dry-run"],
    ["renames", "list"],
    ["renames", "add", "--old-platform", "x", "--new-platform", "y", *WHY],
], ids=" ".join)
def test_an_unknown_scope_is_an_error_in_every_command(seta, arguments):
    code, out, err = seta(*arguments, "--scope", "nope")
    assert code == 1 and "'nope'" in err and out == ""


@pytest.fixture
def odd(seta, tmp_path):
    path = tmp_path / "odd.ndjson"
    records = [
        {**RECORD, "kind": "result", "namespace": "ci", "job_id": "1", "name": NAME,
         "test_suite": "mochitest-gpu", "revision": "a" * 40, "pushed_at": "2026-03-01T09:00:00Z",
         "result": "testfailed", "classification": "fixed by commit", "fixed_by": ["1" * 12]},
        *({**RECORD, "kind": "job", "name": name, "test_suite": suite,
           "seen_at": "2026-03-01T08:00:00Z"}
          for name, suite in ((NAME, "mochitest-gpu"), ("reftest", "reftest")))]
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    seta.good("import", "--scope", "old", "--archived", str(path))
    seta.good("analyze", "--scope", "old")
    return seta


def names(seta, name: str) -> tuple[list[str], str]:
    code, out, err = seta("jobs", "--project", "odd", "--name", name, "--json")
    assert code == 0
    return [each["name"] for each in json.loads(out)["jobs"]], err


def test_a_name_with_brackets_is_found_as_it_is_written(odd):
    assert names(odd, NAME)[0] == [NAME]
    assert names(odd, "ref*")[0] == ["reftest"]
    assert len(names(odd, "*")[0]) == 2


def test_a_name_that_matches_nothing_gets_a_hint(odd):
    found, err = names(odd, "mochitest [gpu]*")
    assert found == [] and "'mochitest [gpu]*'" in err and "[[]" in err


def test_a_dry_run_of_an_override_says_which_regressions_it_would_give_up(odd):
    lower = ("overrides", "add", "--scope", "old", "--priority", "3", "--reason", "too slow")
    _, _, err = odd(*lower, "--test-suite", "mochitest-gpu", "--dry-run")
    assert "would give up 1 regression, which only these jobs caught: " + "1" * 12 in err
    _, _, err = odd(*lower, "--test-suite", "reftest", "--dry-run")
    assert "give up" not in err
    assert json.loads(odd.good("overrides", "list", "--scope", "old", "--json")) == []

    odd.good(*lower, "--test-suite", "mochitest-gpu")
    _, _, err = odd(*lower, "--platform", "linux64", "--dry-run")
    assert "give up" not in err  # given up already


@pytest.mark.parametrize("option, when", [
    pytest.param(["--kill"], "takes effect on the next push", id="at once"),
    pytest.param(["--infer"], "what is inferred changes with the next analysis", id="analysis"),
])
def test_a_changed_project_says_when_the_change_acts(seta, option, when):
    seta.good("projects", "add", "autoland")
    said = seta.good("projects", "set", "autoland", *option)
    assert said.startswith(f"project autoland updated; {when}") and said.count("the next") == 1


def test_how_a_scope_decides_is_changed_and_listed(odd):
    said = odd.good("scopes", "set", "old", "--budget", "1.3", "--objective", "expected", *WHY)
    assert said.startswith("scope old updated; takes effect with the next analysis")
    [found] = json.loads(odd.good("scopes", "list", "--json"))
    assert (found["budget"], found["objective"], found["redundancy"]) == (1.3, "expected", 1)
    assert odd.good("scopes", "set", "old") == "nothing was changed\n"
    assert odd("scopes", "set", "old", "--budget", "0.5")[0] == 2
    assert odd("scopes", "set", "new", "--budget", "2")[0] == 1


def test_an_analysis_says_what_the_budget_was_spent_on_and_why_not(odd):
    assert "a budget" not in odd.good("analyze", "--scope", "old")
    odd.good("scopes", "set", "old", "--budget", "2", "--objective", "expected")
    said = odd.good("analyze", "--scope", "old", "--dry-run")
    assert "the cheapest cover costs 1 job per push; proven" in said
    assert "a budget of 2 adds 1 job: they are expected to catch " in said
    assert "the cover was used, not what is expected: the window has 1 regression" in said


def test_infer_says_how_many_and_warns_where_single_failures_make_most(seta, tmp_path):
    path = tmp_path / "runs.ndjson"
    runs = {"mochitest": "pfppp", "reftest": "pfffp"}  # on pushes in a row
    path.write_text("".join(json.dumps(
        {**RECORD, "kind": "result", "namespace": "ci", "job_id": f"{suite}-{number}",
         "name": suite, "test_suite": suite, "revision": f"{number}" * 40,
         "pushed_at": f"2026-03-01T0{number}:00:00Z",
         "result": "success" if each == "p" else "testfailed"}) + "\n"
        for suite, outcomes in runs.items() for number, each in enumerate(outcomes)))
    seta.good("import", "--scope", "old", "--archived", str(path))
    code, out, err = seta("projects", "set", "odd", "--infer", "--infer-after", "1")
    assert code == 0 and "2 regressions can be inferred" in out and "1 of them from" in out
    assert "--infer-after 2" not in err
    code, out, err = seta("projects", "set", "odd", "--infer-after", "2")
    assert code == 0 and "1 regression can be inferred" in out and "0 of them from" in out

    mostly = "".join(json.dumps(
        {**RECORD, "kind": "result", "namespace": "ci", "job_id": f"s{number}", "name": "single",
         "test_suite": "single", "revision": f"{number}" * 40,
         "pushed_at": f"2026-03-01T0{number}:00:00Z",
         "result": "testfailed" if number == 2 else "success"}) + "\n" for number in range(5))
    path.write_text(mostly)
    seta.good("import", "--scope", "old", "--archived", str(path))
    _, out, err = seta("projects", "set", "odd", "--infer-after", "1")
    assert "3 regressions" in out and "2 of them" in out and "--infer-after 2" in err
