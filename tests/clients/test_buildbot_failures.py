"""The scheduler in a real Buildbot master, and a SETA that is away, hangs or answers nonsense."""

import re

import pytest
from clients.buildbot_master import PATIENCE

pytestmark = pytest.mark.slow


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
