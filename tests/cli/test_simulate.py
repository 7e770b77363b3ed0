"""`seta simulate`: a file that imports whole, and whose regressions are those of the truth."""

import gzip
import json

import pytest

from seta.domain import JobType
from seta.names import parse

SIZES = ("--days", "25", "--pushes", "8", "--job-types", "80", "--regressions", "4", "--no-rename")


@pytest.fixture
def simulated(seta, tmp_path):
    """Simulate and import; return the truth, and what was printed."""
    file, truth = tmp_path / "history.ndjson.gz", tmp_path / "truth.json"
    out = seta.good("simulate", str(file), "--truth", str(truth), "--seed", "4", *SIZES)
    report = json.loads(seta.good("import", "--json", "--archived", "--scope", "made", str(file)))
    return json.loads(truth.read_text()), out, report, file


def test_a_simulated_history_imports_whole_and_its_regressions_are_the_true_ones(seta, simulated):
    truth, out, report, file = simulated
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    results = sum('"kind":"result"' in line for line in lines)
    assert out.startswith(f"{file}: {results:,} results of 25 days, ")
    assert report["new"] == results and report["bad_total"] == 0
    assert report["unparsed_names"] == 0 and report["assumed_times"] == 0

    snapshot = json.loads(seta.good("analyze", "--scope", "made", "--json"))
    fixes = {each["fixed_by"][:12]: each for each in truth["regressions"] if each["stars"]}
    assert 0 < snapshot["regressions"] <= len(fixes)

    for line in lines:
        record = json.loads(line)
        if record.get("classification") == "fixed by commit":
            assert record["name"] in fixes[record["fixed_by"][0][:12]]["witnesses"]


def test_the_truth_names_jobs_as_the_file_does(simulated):
    truth, *_ = simulated
    names = {name for each in truth["regressions"] for name in each["witnesses"]}
    assert names and all(isinstance(parse(name, "taskcluster", "simulated"), JobType)
                         for name in names)
    assert {each["found_by"] for each in truth["regressions"]} - {None} <= names


def test_about_as_many_results_as_asked_for(seta, tmp_path):
    out = seta.good("simulate", str(tmp_path / "some.ndjson"), "--pushes", "6",
                    "--results", "50000")
    assert 35_000 < int(out.split(": ")[1].split()[0].replace(",", "")) < 65_000


def test_the_loop_prints_what_each_policy_caught_and_cost(seta):
    """On 4 days of few pushes; the same seed gives the same."""
    arguments = ("simulate", "--loop", "--days", "4", "--pushes", "6", "--job-types", "30",
                 "--regressions", "8", "--warm-up", "8", "--policy", "cover", "--policy",
                 "cover, staggered")
    found = json.loads(seta.good(*arguments, "--json"))
    assert [each["policy"] for each in found["policies"]] == ["cover", "cover, staggered"]
    assert found["days"] == 4 and found["warm_up"] == 8
    whole = found["policies"][0]["whole"]
    assert whole["regressions"] > 5 and 0 < whole["set_cost"] < whole["cost"] < 1
    shown = seta.good(*arguments)
    assert f"{whole['on_push']:.1%}" in shown and "from day 0" in shown


@pytest.mark.parametrize("arguments, says", [
    (["--loop", "some.ndjson"], "--loop writes no file"),
    (["--loop", "--policy", "best"], "there is no policy 'best'; there are cover, "),
    ([], "name the FILE to write"),
    (["some.ndjson", "--policy", "cover"], "--policy and --json belong to --loop"),
])
def test_what_belongs_to_the_loop_or_to_a_file_is_said(seta, arguments, says):
    code, _, error = seta("simulate", *arguments)
    assert code == 2 and says in error


@pytest.mark.parametrize("arguments, says", [
    (["--flakes", "2"], "flakes is a share from 0 to 1, not 2.0"),
    (["--job-types", "1"], "job_types must be at least 2, not 1"),
    (["--project", "no spaces"], "no spaces"),
])
def test_an_impossible_history_is_refused_and_no_file_is_left(seta, tmp_path, arguments, says):
    code, _, error = seta("simulate", str(tmp_path / "some.ndjson"), *arguments)
    assert code == 2 and says in error
    assert list(tmp_path.iterdir()) == []
