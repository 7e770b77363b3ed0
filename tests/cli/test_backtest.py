"""`seta backtest` on a simulated history: no decision knows what came after it."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import make_url, text as text_of

from seta.config import Settings
from seta.domain import LedgerEntry
from seta.ingest import import_files
from seta.proof.backtest.plan import Plan
from seta.proof.backtest.run import backtest
from seta.proof.simulation import Shape, Simulation
from seta.proof.simulation.files import write_history
from seta.publish.gather import gather
from seta.store.curation.projects import scope_named
from seta.store.ledger import entries
from seta.store.engine import make_engine, make_sessions
from seta.store.results.rollup import refresh_all_job_days
from seta.wsgi import build_app

# Half of the regressions, those with a low digit, were audited.
AUDITS = """
    INSERT INTO audits (project, build_system, fixed_by, push_id, revision, pushed_at, chance,
                        is_drawn, drawn_at, done_at)
    SELECT DISTINCT 'simulated', 'taskcluster', fix, '1', repeat('a', 40), now(), 0.5, true, now(),
        now()
    FROM classifications, unnest(fixed_by) AS fix WHERE fix < '8'
"""
CUT_OFF = datetime(2026, 2, 1, tzinfo=UTC)
SHAPE = Shape(days=60, pushes_per_day=8, job_types=60, regressions_per_day=4)


@pytest.fixture(scope="module")
def simulated(make_database, template):
    """The name of a database with a simulated history of sixty days, in the scope made."""
    url = make_database(template)
    engine, out = make_engine(url), io.StringIO()
    write_history(Simulation(SHAPE, seed=3), out, project="simulated")
    import_files(make_sessions(engine), [io.BytesIO(out.getvalue().encode())], scope="made",
                 archived=True, now=datetime.now(UTC))
    engine.dispose()
    return make_url(url).database


@pytest.fixture
def database(make_database, simulated):
    return make_database(simulated)


@pytest.fixture
def seta(make_cli, database):
    return make_cli(database)


@pytest.fixture
def sessions(database):
    engine = make_engine(database)
    yield make_sessions(engine)
    engine.dispose()


def test_it_prints_what_each_way_to_choose_would_have_caught(seta):
    arguments = ("backtest", "--scope", "made", "--from", "2026-02-01", "--jobs", "1")
    text = seta.good(*arguments)
    assert "made: 5 cut-offs from 2026-02-01 to 2026-03-0" in text
    found = json.loads(seta.good(*arguments, "--json"))
    ways = {each["policy"]: each for each in found["policies"]}
    assert all(f"\n{way} " in text for way in ways)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 100
    plain, everything, nothing, ceiling = (ways[each] for each in (
        "cover, k = 1", "everything", "nothing but the cadence", "knowing the future"))
    assert everything["by_set"] == everything["on_push"] == 1
    assert nothing["by_set"] < plain["by_set"] < ceiling["by_set"] <= 1
    assert plain["by_set"] <= plain["on_push"] <= plain["soon"] <= plain["found"]
    low, high = plain["interval"]
    assert low < plain["by_set"] < high
    assert plain["difference"] == 0 and plain["difference_interval"] == [0, 0]
    assert nothing["every_push"] < plain["every_push"] < plain["with_cadence"] < plain["full"]
    assert ceiling["every_push"] <= plain["every_push"] + 1
    missed = [each for each in found["misses"] if each["pushes_late"] != 0]
    assert len(missed) == round((1 - plain["on_push"]) * found["regressions"])
    assert all(each["witnesses"] for each in missed)


def test_the_ways_that_were_asked_for_are_tried_beside_the_covers(seta, tmp_path):
    found = json.loads(seta.good(
        "backtest", "--scope", "made", "--from", "2026-02-08", "--jobs", "1", "--redundancy", "4",
        "--policy", "most failures first", "--within-pushes", "1", "--json",
        "--plots", str(tmp_path)))
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "caught-for-cost.svg", "caught-over-time.svg"]
    ways = {each["policy"]: each for each in found["policies"]}
    assert list(ways) == ["most failures first", "cover, k = 1", "cover, k = 4"]
    assert found["main"] == "cover, k = 4"
    assert [each["policy"] for each in found["by_jobs"]] == ["most failures first", "cover, k = 1"]
    assert all(each["soon"] == each["on_push"] for each in ways.values())
    four, one = ways["cover, k = 4"], ways["cover, k = 1"]
    assert four["by_set"] >= one["by_set"]
    assert four["jobs"]["every_push"] > one["jobs"]["every_push"]
    assert four["saved"] - four["net_saved"] == pytest.approx(four["backfill"])
    ranked = ways["most failures first"]
    assert ranked["backfill_all"] >= ranked["backfill"] > 0
    known, several = found["origins"]["known"], found["origins"]["several"]
    assert known > several and known + several + found["origins"]["unknown"] == found["regressions"]
    assert sum(each["regressions"] for each in found["periods"]) == found["regressions"]
    assert sum(each["every_push"] for each in found["platforms"]) == pytest.approx(
        four["every_push"])


def test_the_best_is_chosen_on_earlier_cut_offs_than_it_is_reported_on(seta):
    arguments = ("backtest", "--scope", "made", "--from", "2026-02-01", "--jobs", "1",
                 "--policy", "best", "--policy", "most failures first", "--policy", "drop-one")
    choice = json.loads(seta.good(*arguments, "--json"))["choice"]
    assert (choice["made_on"], choice["reported_on"]) == (2, 3)
    assert choice["policy"] in choice["among"]
    assert choice["reported"]["policy"] == choice["policy"]
    text = seta.good(*arguments)
    assert "best on the first 2 cut-offs" in text
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 100


def test_each_one_is_kept_and_served(seta, database):
    arguments = ("backtest", "--scope", "made", "--from", "2026-02-25", "--jobs", "1")
    printed = json.loads(seta.good(*arguments, "--json"))
    assert "kept as backtest 2" in seta.good(*arguments)
    app = build_app(Settings(), make_sessions(make_engine(database)))
    client = app.test_client()
    newest, first = client.get("/api/v1/backtests?scope=made").json["items"]
    assert (newest["id"], first["id"]) == (2, 1)
    assert client.get("/api/v1/backtests/1").json == first
    assert first["result"] == printed and first["scope"] == "made"
    assert client.get("/api/v1/backtests/3").status_code == 404
    assert client.get("/api/v1/backtests?scope=none").status_code == 404


def test_processes_find_the_same_as_one(sessions):
    plan = Plan("made", CUT_OFF, CUT_OFF + timedelta(days=21), timedelta(days=7))
    one, two = (backtest(sessions, plan, settings=Settings(), jobs=jobs) for jobs in (1, 2))
    assert one == two


@pytest.mark.parametrize("later", [
    pytest.param("DELETE FROM job_results WHERE known_at > :at", id="results gone"),
    pytest.param("DELETE FROM classifications WHERE classified_at > :at", id="stars gone"),
    pytest.param("UPDATE job_results SET result = 'testfailed' WHERE known_at > :at",
                 id="all failed"),
    pytest.param("UPDATE classifications SET fixed_by = '{000000000000}', "
                 "classification = 'fixed by commit' WHERE classified_at > :at",
                 id="all one regression"),
    pytest.param("DELETE FROM job_lists WHERE seen_at > :at", id="lists gone"),
    pytest.param("DELETE FROM pushes WHERE pushed_at > :at", id="pushes gone"),
])
def test_a_decision_does_not_know_what_came_after_it(sessions, later):
    def known():
        refresh_all_job_days(sessions)
        with sessions() as session:
            return gather(session, scope_named(session, "made"), now=CUT_OFF, as_of=CUT_OFF,
                          settings=Settings()).problem
    before = known()
    assert len(before.regressions) > 10 and before.durations_ms
    with sessions.begin() as session:
        changed = session.execute(text_of(later), {"at": CUT_OFF})
        assert changed.rowcount > 0
        session.execute(text_of(
            "INSERT INTO stale_job_days SELECT job_name_id, day FROM job_days WHERE day >= :day "
            "ON CONFLICT DO NOTHING"), {"day": CUT_OFF.date()})
    assert known() == before


def test_it_warns_where_jobs_were_already_left_out(seta, sessions):
    """What did not run cannot be a witness, so other sets look worse than they are."""
    arguments = ("backtest", "--scope", "made", "--from", "2026-02-20", "--jobs", "1")
    assert "left jobs out" not in seta.good(*arguments)
    with sessions.begin() as session:
        entries.add_schedules(session, [(LedgerEntry(
            project="simulated", build_system="taskcluster", push_id="1", revision="a" * 40,
            pushed_at=datetime(2026, 2, 25, tzinfo=UTC), kind="selective", snapshot=None,
            ran_priority_2=True, ran_priority_3=False, ran_backstop=False, counts=True,
            answer=b"", answered_at=CUT_OFF), "a test")])
    text = seta.good(*arguments)
    assert "1 push of that time left jobs out" in text
    assert "No regression of it was audited, so nothing here is without that bias" in text
    with sessions.begin() as session:
        session.execute(text_of(AUDITS))
    text = seta.good(*arguments)
    assert "audited regressions " in text and "No regression" not in text
    found = json.loads(seta.good(*arguments, "--json"))
    assert 0 < found["audited"] < found["regressions"]
    assert all(each["audited"]["regressions"] == found["audited"] for each in found["policies"])
    everything, plain = (next(each for each in found["policies"] if each["policy"] == policy)
                         for policy in ("everything", "cover, k = 1"))
    assert everything["audited"]["by_set"] == 1 and plain["audited"]["difference"] == 0


@pytest.mark.parametrize("arguments, says", [
    (["--from", "2027-01-01"], "must come before the end"),
    (["--to", "2027-01-01"], "--to is 2027-01-01 00:00, and the data ends 2026-03-0"),
    (["--step", "soon"], "'soon' is not a duration such as 90m, 36h or 7d"),
    (["--from", "2026-03-05", "--step", "1d"], "nothing to score"),
    (["--policy", "luck"], "there is no policy 'luck'; there are 'everything', 'nothing but"),
    (["--redundancy", "0"], "0 is not in the range x>=1"),
    (["--within-pushes", "none"], "'none' is not a valid integer"),
])
def test_what_cannot_be_tried_is_said(seta, arguments, says):
    code, _, error = seta("backtest", "--scope", "made", "--jobs", "1", *arguments)
    assert code in (1, 2) and says in error
