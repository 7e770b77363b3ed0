"""`seta what-if`, and the route of the same name, on a simulated history."""

import doctest
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from seta.config import Settings
from seta.ingest import import_files
from seta.names import matching
from seta.proof.simulation import Shape, Simulation
from seta.proof.simulation.files import write_history
from seta.proof.what_if import question
from seta.publish import analyze
from seta.store.engine import make_engine, make_sessions
from seta.wsgi import build_app

SHAPE = Shape(days=36, pushes_per_day=4, job_types=50, regressions_per_day=3)
PRICE = (("*", 3.6),)    # a second of machine time is a thousandth
RECENT = ("--from", "2026-01-25")
PATH = "/api/v1/projects/simulated/what-if"


@pytest.fixture(scope="module")
def simulated(make_database, template):
    """The name of a database with an analyzed, simulated history of 36 days, in the scope made."""
    url = make_database(template)
    engine, out = make_engine(url), io.StringIO()
    write_history(Simulation(SHAPE, seed=5), out, project="simulated")
    sessions, now = make_sessions(engine), datetime.now(UTC)
    import_files(sessions, [io.BytesIO(out.getvalue().encode())], scope="made", archived=True,
                 now=now)
    analyze(sessions, "made", now=now, settings=Settings())
    engine.dispose()
    return make_url(url).database


@pytest.fixture(scope="module")
def shared(make_database, simulated):
    """The URL of a copy that tests only read, as a question does."""
    return make_database(simulated)


@pytest.fixture
def seta(make_cli, shared):
    return make_cli(shared)


@pytest.fixture
def client(shared):
    engine = make_engine(shared)
    yield build_app(Settings(price=PRICE), make_sessions(engine)).test_client()
    engine.dispose()


@pytest.fixture(scope="module")
def rows(shared):
    """Count the rows of every table."""
    engine = make_engine(shared)

    def count():
        with engine.connect() as connection:
            names = connection.scalars(text(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            return {name: connection.scalar(text(f"SELECT count(*) FROM {name}"))
                    for name in names}
    yield count
    engine.dispose()


def ask(seta, *arguments, **settings):
    return json.loads(seta.good("what-if", "simulated", *arguments, "--json", **settings))


def test_the_present_point_says_what_a_backtest_says(seta):
    policies = {each["policy"]: each for each in json.loads(seta.good(
        "backtest", "--scope", "made", *RECENT, "--jobs", "1", "--json"))["policies"]}
    curve = ask(seta, *RECENT)["curve"]
    (present,) = [each for each in curve["points"] if each["is_present"]]
    assert (present["redundancy"], present["cadence"]["text"]) == (1, "5/90-10/180-20/240")
    for point in curve["points"]:
        if point["cadence"] == present["cadence"]:
            policy = policies[f"cover, k = {point['redundancy']}"]
            shown = {figure: point[figure]["share"] for figure in ("by_set", "on_push", "soon")}
            assert shown == {figure: pytest.approx(policy[figure]) for figure in shown}
            assert point["by_set"]["n"] == curve["regressions"]
            assert [point["by_set"]["low"], point["by_set"]["high"]] == pytest.approx(
                policy["interval"])
            assert point["cost"]["expected"] == pytest.approx(policy["with_cadence"])
            assert point["cost"]["every_push"] == pytest.approx(policy["every_push"])
            assert point["pushes_late"] == policy["pushes_late"]


def test_more_often_costs_more_and_finds_more(seta):
    """Everything on every push is a full run, and finds all; a backstop alone adds little."""
    cadences = "1/1-1/1-1/1,5/90-10/180-20/240,9999/99999-9999/99999-9999/99999"
    points = ask(seta, *RECENT, "--redundancies", "1", "--cadences", cadences)["curve"]["points"]
    always, present, never = points
    assert always["on_push"]["share"] == 1 and always["share_of_full"] == 1
    assert always["cost"]["backfills"] == 0 and always["pushes_late"]["max"] == 0
    assert never["on_push"]["share"] == never["by_set"]["share"] == present["by_set"]["share"]
    assert never["cost"]["expected"] == pytest.approx(never["cost"]["every_push"])
    assert never["share_of_full"] < present["share_of_full"] < 1
    assert never["on_push"]["share"] < present["on_push"]["share"] < 1


def test_a_budget_and_a_redundancy_buy_catches(seta):
    points = {(each["redundancy"], each["budget"]): each for each in ask(
        seta, *RECENT, "--redundancies", "1,2", "--budgets", "1.5",
        "--cadences", "5/90-10/180-20/240")["curve"]["points"]}
    assert set(points) == {(1, 1), (1, 1.5), (2, 1), (2, 1.5)}
    cost = {key: point["cost"]["every_push"] for key, point in points.items()}
    assert cost[1, 1] < cost[1, 1.5] < 1.5 * cost[1, 1] and cost[1, 1] < cost[2, 1] < cost[2, 1.5]
    caught = {key: point["by_set"]["share"] for key, point in points.items()}
    assert caught[1, 1] <= min(caught[1, 1.5], caught[2, 1]) < caught[2, 1.5]


def test_money_is_the_machine_time_at_its_price(seta):
    curve = ask(seta, *RECENT, price=PRICE, currency="EUR")["curve"]
    assert curve["currency"] == "EUR"
    for point in curve["points"]:
        for figure in ("full_run", "every_push", "expected", "backfills", "net_saved"):
            assert point["money"][figure] == pytest.approx(point["cost"][figure] / 1e6)
    assert ask(seta, *RECENT)["curve"]["why_no_money"] == "no price is set (SETA_PRICE)"


def test_every_place_that_shows_a_set_says_what_it_saves(seta):
    """A push costs the same everywhere; `seta snapshots show` has it twice, in hours and money."""
    priced = {"price": PRICE, "currency": "$"}
    savings = jobs_of(seta, **priced)[0]["savings"]
    hours = f"{savings['expected'] / 3_600_000:,.1f} h"
    money = f"${savings['money']['expected']:,.2f}"
    shown = seta.good("snapshots", "show", "1", **priced)
    assert f" {hours} " in shown and f" {money} " in shown
    assert json.loads(seta.good("snapshots", "show", "1", "--json", **priced))["savings"] == [
        savings]
    (project,) = json.loads(seta.good("projects", "list", "--json", **priced))
    assert project["savings"] == savings | {"unit": "ms"}
    assert f"{savings['net_saved_share']:.0%}" in seta.good("projects", "list")
    for arguments in (("jobs", "--project", "simulated"), ("snapshots", "diff", "1", "1")):
        code, _, said = seta(*arguments, **priced)
        assert code == 0 and f"simulated: a push costs {hours} ({money}) with the cadence" in said


def test_the_page_says_it_in_money(client):
    savings = client.get("/api/v1/projects/simulated").json["savings"]
    text = client.get("/projects/simulated").text
    for figure in ("every_push", "full_run", "expected", "backfills", "net_saved"):
        assert f"{savings['money'][figure]:,.2f} USD" in text
    assert f"{savings['low_value_share']:.0%} of regressions that only low-value" in text


def test_the_table_fits_into_a_hundred_columns(seta):
    lines = seta.good("what-if", "simulated", *RECENT, price=PRICE).splitlines()
    assert sum(line.startswith("now  1") for line in lines) == 2
    assert max(len(line.rstrip()) for line in lines) <= 100


def jobs_of(seta, **settings):
    """Return what `seta jobs` says, and the names of the jobs that run on every push."""
    listed = json.loads(seta.good("jobs", "--project", "simulated", "--json", **settings))
    return listed, {each["name"] for each in listed["jobs"] if each["decided"]["priority"] == 1}


def test_a_change_is_what_an_analysis_then_decides(seta, make_cli, make_database, simulated):
    real = make_cli(make_database(simulated))
    listed, now = jobs_of(real, price=PRICE)
    lowered = next(each["name"] for each in listed["jobs"] if each["decided"]["reason"] == "chosen")
    pin = next(each["name"] for each in listed["jobs"] if each["decided"]["priority"] == 2)
    found = ask(seta, *RECENT, "--pin", pin, "--lower", lowered, price=PRICE)["change"]
    assert found["pinned"] == [pin] and found["lowered"] == {lowered: 3}
    before, after = found["before"], found["after"]
    assert (before.pop("priority_1"), before) == (len(now), alike(listed["savings"]))
    for name, value in ((pin, "1"), (lowered, "3")):
        real.good("overrides", "add", "--scope", "made", "--name", name, "--priority", value,
                  "--reason", "tried")
    snapshot = json.loads(real.good("analyze", "--scope", "made", "--json"))
    listed, then = jobs_of(real, price=PRICE)
    assert (after.pop("priority_1"), after) == (len(then), alike(listed["savings"]))
    assert {each["name"] for each in found["come_in"]} == then - now
    assert {each["name"] for each in found["fall_out"]} == now - then
    assert found["given_up"] == snapshot["given_up"]


def alike(value):
    """Let sums differ by how they were added up."""
    if isinstance(value, dict):
        return {name: alike(each) for name, each in value.items()}
    if isinstance(value, list):
        return [alike(each) for each in value]
    return pytest.approx(value) if isinstance(value, float) else value


def test_the_past_says_what_lowering_everything_gives_up(seta):
    """Builds aside nothing is left on every push: what the set caught is found by the cadence."""
    change = ask(seta, *RECENT, "--lower", "test-*")["change"]
    assert change["after"]["every_push"] < change["before"]["every_push"]
    assert len(change["given_up"]) > 0 and not change["caught_again"]
    later = change["later"]
    assert later["by_set"]["after"]["share"] < later["by_set"]["before"]["share"]
    assert later["difference"] == pytest.approx(
        later["on_push"]["after"]["share"] - later["on_push"]["before"]["share"])
    low, high = later["difference_interval"]
    assert low <= later["difference"] <= high < 0
    assert not later["more"]
    assert len(later["less"]) >= -later["difference"] * later["regressions"] > 0
    text = seta.good("what-if", "simulated", *RECENT, "--lower", "test-*")
    assert f"regressions of the window that it gives up: {len(change['given_up'])} (" in text
    assert f"less: {len(later['less'])} (" in text


def test_pinning_what_runs_on_every_push_changes_nothing(seta):
    name = min(jobs_of(seta)[1])
    change = ask(seta, *RECENT, "--pin", name)["change"]
    assert change["unchanged"] == [name] and not change["come_in"]
    assert not change["later"]["more"] and change["later"]["difference"] == 0


@pytest.mark.parametrize("arguments, says", [
    (["--redundancies", "0"], "redundancies: '0' is not a whole number from 1 to 10"),
    (["--budgets", "1,11"], "budgets: '11' is not a number from 1 to 10"),
    (["--budgets", "nan"], "budgets: 'nan' is not a number from 1 to 10"),
    (["--cadences", "5/90"], "cadences: '5/90' is not three intervals"),
    (["--cadences", "5/90-10/180-0/240"], "cadences: '5/90-10/180-0/240' is not three"),
    (["--redundancies", "1,2,3,4,5,6,7,8,9,10,10"], "11 values; at most 10 are tried at once"),
    (["--redundancies", "1,2,3,4,5,6,7,8", "--budgets", "1,2,3,4,5"], "make 160 points"),
    (["--lower", "a=1"], "lower: 'a=1' is not a name, or a name with =2 or =3"),
    (["--pin", "no-such-job"], "pin: no name is or matches 'no-such-job'"),
    (["--pin", "test-*", "--lower", "test-*"], "cannot be pinned and lowered at once"),
    (["--pin", "test-*", "--budgets", "2"], "leave redundancies, budgets and cadences out"),
    (["--to", "2027-01-01"], "to is 2027-01-01 00:00, and the data ends 2026-02-"),
    (["--from", "2026-02-01", "--to", "2026-01-20"], "must come before the end"),
    (["--from", "2026-01-01", "--to", "2026-01-02"], "nothing to score"),
])
def test_what_cannot_be_answered_is_said(seta, client, arguments, says):
    code, _, error = seta("what-if", "simulated", *arguments)
    assert code in (1, 2) and says in error
    query = {name.removeprefix("--"): f"{value}T00:00:00Z" if name in ("--from", "--to") else value
             for name, value in zip(arguments[::2], arguments[1::2])}
    answer = client.get(PATH, query_string=query)
    assert answer.status_code in (400, 409) and says in answer.json["detail"]


def test_a_project_that_runs_everything_or_is_not_there_has_no_answer(client, seta):
    assert client.get("/api/v1/projects/none/what-if").status_code == 404
    code, _, error = seta("what-if", "none")
    assert code == 1 and "none" in error


def test_the_route_answers_as_the_command_does_and_stores_nothing(client, seta, rows):
    before = rows()
    for arguments, query in (
            ((), {}), (("--redundancies", "2", "--budgets", "1.2"),
                       {"redundancies": "2", "budgets": "1.2"}),
            (("--pin", "test-*", "--lower", "build-*=2"),
             {"pin": "test-*", "lower": "build-*=2"})):
        answer = client.get(PATH, query_string=query | {"from": "2026-01-25T00:00:00Z"})
        assert answer.status_code == 200
        said = json.loads(json.dumps(answer.json).replace("Z\"", "+00:00\""))
        assert said == ask(seta, *RECENT, *arguments, price=PRICE)
    assert rows() == before


def test_a_request_that_takes_too_long_is_ended(client, monkeypatch):
    monkeypatch.setattr("seta.api.v1.what_if.LIMIT", 0.0)
    answer = client.get(PATH)
    assert answer.status_code == 503 and "Retry-After" not in answer.headers
    assert "run `seta what-if simulated`" in answer.json["detail"]


def test_the_figures_of_the_docs_are_the_commands_own(demo):
    page = (Path(__file__).parents[2] / "docs" / "what-if.md").read_text()
    blocks = re.findall(r"```text\n\$ seta (.+)\n([^`]+)```", page)
    assert len(blocks) == 2
    for command, shown in blocks:
        said = [line.rstrip() for line in demo.good(*command.split()).splitlines()]
        assert [line for line in shown.splitlines() if line not in said] == []


def test_the_examples_in_the_docstrings_run():
    assert doctest.testmod(question).failed == doctest.testmod(matching).failed == 0
